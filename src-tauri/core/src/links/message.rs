//! The message that a link is sent with, ready to be changed in the mail program.

use super::types::LinkPurpose;

/// Who writes to whom.
pub(super) struct Letter<'a> {
    /// The client's name, where it has one.
    pub to: Option<&'a str>,
    pub from: Option<&'a str>,
    pub agency: &'a str,
}

/// Subject and text; `proves` is the email that Stripe's page asks for, where it asks for one.
pub(super) fn message(
    purpose: LinkPurpose,
    url: &str,
    proves: Option<&str>,
    letter: &Letter<'_>,
) -> (String, String) {
    let (subject, sentence) = words(purpose);
    let proof = match (purpose, proves) {
        (LinkPurpose::LoginPage, Some(email)) => {
            format!("\n\nFor your safety the page sends a one-time code to {email}.")
        }
        (_, Some(email)) => format!(
            "\n\nIf you open it later, the page sends a one-time code to {email} first, for your safety."
        ),
        (_, None) => String::new(),
    };
    let greeting = letter.to.map(|name| format!(" {name}"));
    let greeting = greeting.unwrap_or_default();
    let sender = letter.from.map(|name| format!("{name}\n"));
    let sender = sender.unwrap_or_default();
    let agency = letter.agency;
    let body = format!(
        "Hello{greeting},\n\n{sentence}:\n\n{url}{proof}\n\nKind regards\n{sender}{agency}\n"
    );
    (format!("{subject}: {agency}"), body)
}

fn words(purpose: LinkPurpose) -> (&'static str, &'static str) {
    match purpose {
        LinkPurpose::PortalHome | LinkPurpose::LoginPage => (
            "Your billing page",
            "you can see your invoices, change your card and manage your subscription here",
        ),
        LinkPurpose::UpdatePaymentMethod => (
            "Your payment method",
            "please replace the payment method that we have on file here",
        ),
        LinkPurpose::UpdateDetails => (
            "Your billing details",
            "you can change your name, address and tax number here",
        ),
        LinkPurpose::Cancel => ("Your cancellation", "you can cancel your subscription here"),
        LinkPurpose::Pause => ("Pausing your plan", "you can pause your subscription here"),
        LinkPurpose::ChangePlan => ("Changing your plan", "you can choose another plan here"),
        LinkPurpose::ConfirmPlan => (
            "Please confirm your new plan",
            "your change of plan is prepared; please confirm it here",
        ),
        LinkPurpose::PayInvoice => (
            "Your invoice",
            "you can see, download and pay your invoice here",
        ),
        LinkPurpose::Checkout | LinkPurpose::PaymentLink => (
            "Your plan with us",
            "you can start your plan and pay for it here",
        ),
        LinkPurpose::SetUpCard => ("Your payment method", "please add a payment method here"),
    }
}
