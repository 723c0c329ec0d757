//! Whoever has no session says who they are: an address, then the code that was mailed to it.

use axum::response::Response;
use maud::html;

use super::layout::page;
use crate::random::Dice;
use crate::state::{Entrance, LoginCode, State};

const CODE_SECONDS: i64 = 10 * 60;

/// `why` is told before the address is asked for, which goes to `action`.
pub fn ask_for_address(title: &str, why: &str, action: &str, email: &str) -> Response {
    let body = html! {
        p { (why) }
        form method="post" action=(action) {
            label for="email" { "E-mail" }
            input id="email" name="email" type="email" value=(email) autocomplete="email" required;
            div { button id="send-code" { "Send" } }
        }
    };
    page(title, &body)
}

/// Mails a code: the control door tells it.
pub fn mail(state: &mut State, email: &str, entrance: Entrance) {
    let sent_at = state.now();
    let seed = state.store.population.seed;
    let draw = Dice::new(seed, &format!("login {email}"), sent_at as u32).below(1_000_000);
    let login = LoginCode {
        code: format!("{draw:06}"),
        entrance,
        sent_at,
    };
    state.login_codes.insert(email.to_owned(), login);
}

/// As with Stripe the page does not tell whether anybody has this address.
pub fn ask_for_code(title: &str, action: &str, email: &str, refused: bool) -> Response {
    let body = html! {
        @if refused { p role="alert" { "That code is wrong or has expired." } }
        p { "If " strong { (email) } " is a customer, a code is on its way to them." }
        form method="post" action=(action) {
            input type="hidden" name="email" value=(email);
            label for="code" { "Code" }
            input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required;
            div { button id="log-in" { "Log in" } }
        }
    };
    page(title, &body)
}

/// Does this code let its owner in? It does so once.
pub fn redeem(state: &mut State, email: &str, code: &str, entrance: Entrance) -> bool {
    let now = state.now();
    let fits = state.login_codes.get(email).is_some_and(|login| {
        login.code == code && login.entrance == entrance && now - login.sent_at <= CODE_SECONDS
    });
    if fits {
        state.login_codes.remove(email);
    }
    fits
}
