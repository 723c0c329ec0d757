//! Links: what is opened in the browser, what is refused, and what the log says of it.

use crate::agency;
use crate::browser::with_browser;
use crate::world::{PASSPHRASE, World, files_under, options_in};
use portico_core::clients::ClientPage;
use portico_core::journal::LinkKind;
use portico_core::secrets::Secret;
use portico_core::stripe::{Pace, portal};
use portico_core::words::BillingState;
use portico_core::{Clock, Core, Error, clients, links};
use serde_json::json;

pub const SESSIONS: &str = "POST /v1/billing_portal/sessions";

impl World {
    pub fn asked(&self, what: &str) -> u64 {
        self.sim
            .control()
            .request_counts()
            .get(what)
            .copied()
            .unwrap_or_default()
    }

    /// Portico's configurations in Stripe.
    pub async fn configurations(&self) -> Vec<serde_json::Value> {
        let client = agency::client(
            &self.sim,
            self.sim.secret_key(),
            Pace::UNLIMITED,
            Clock::system(),
        );
        let (all, _) = portal::active_configurations(&client).await.unwrap();
        all.into_iter()
            .filter(|one| one["metadata"]["portico"] == "default")
            .collect()
    }

    pub async fn log(&self) -> Vec<links::LinkRow> {
        links::list(
            &self.workspace,
            &links::LinkQuery {
                limit: 500,
                ..Default::default()
            },
        )
        .await
        .unwrap()
        .rows
    }
}

pub async fn ready() -> (World, ClientPage) {
    let world = World::filled().await;
    links::create_configuration(&world.workspace).await.unwrap();
    let page = world.client_in(BillingState::Active).await;
    (world, page)
}

#[test]
fn opening_the_portal_opens_one_page_and_leaves_no_trace_of_its_address() {
    with_browser(
        "links::opening_the_portal_opens_one_page_and_leaves_no_trace_of_its_address",
        |browser| async move {
            let (world, page) = ready().await;
            let client = &page.row.id;
            let (first, second) = tokio::join!(
                links::open_portal(&world.workspace, client, None),
                links::open_portal(&world.workspace, client, None)
            );
            // Whichever came first.
            let (opened, refused) = match (first, second) {
                (Ok(opened), refused) | (refused, Ok(opened)) => (opened, refused),
                neither => panic!("{neither:?}"),
            };
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
            assert_eq!(world.asked(SESSIONS), 1);
            let pages = browser.opened(1).await;
            assert_eq!(pages.len(), 1, "{pages:?}");
            assert!(pages[0].starts_with(world.sim.pages_url()), "{pages:?}");
            let secret = pages[0].rsplit('/').next().unwrap();
            assert!(secret.len() > 10);

            let log = world.log().await;
            assert_eq!(log.len(), 1);
            assert_eq!(
                (log[0].result.label.as_str(), log[0].actor.as_str()),
                ("Opened", "Ada Lovelace")
            );
            assert_eq!(
                log[0].customer.as_deref(),
                Some(page.customers[0].id.as_str())
            );
            assert!(log[0].configuration.as_ref().unwrap().starts_with("bpc_"));
            let timeline = clients::timeline(&world.workspace, client, None)
                .await
                .unwrap();
            let answers = format!(
                "{opened:?} {log:?} {timeline:?} {}",
                serde_json::to_string(&opened).unwrap()
            );
            assert!(!answers.contains(secret));
            for (path, bytes) in files_under(world.folder.path()) {
                assert!(
                    memchr::memmem::find(&bytes, secret.as_bytes()).is_none(),
                    "{}",
                    path.display()
                );
            }
        },
    );
}

#[tokio::test]
async fn a_customer_of_another_client_is_refused_without_asking_stripe() {
    let (world, page) = ready().await;
    let foreign = world
        .all()
        .await
        .into_iter()
        .find(|row| row.id != page.row.id)
        .unwrap()
        .customers[0]
        .clone();
    world.sim.control().reset_requests();
    for customer in [foreign.as_str(), "cus_nobody", "../../etc/passwd"] {
        let refused = links::open_portal(&world.workspace, &page.row.id, Some(customer)).await;
        assert!(matches!(refused, Err(Error::NotYours(_))), "{refused:?}");
        let refused = links::prepare_portal(
            &world.workspace,
            &page.row.id,
            Some(customer),
            LinkKind::PortalCopy,
        )
        .await;
        assert!(matches!(refused, Err(Error::NotYours(_))), "{refused:?}");
        let refused = links::open_in_stripe(&world.workspace, &page.row.id, customer).await;
        assert!(
            matches!(refused, Err(Error::NotYours(_) | Error::Invalid { .. })),
            "{refused:?}"
        );
    }
    let foreign = world
        .page(
            &clients::resolve(
                &world.workspace,
                &portico_core::ids::ClientId::of_customer(&foreign),
            )
            .await
            .unwrap(),
        )
        .await;
    if let Some(invoice) = foreign.invoices.first() {
        let refused = links::open_invoice(
            &world.workspace,
            &page.row.id,
            &invoice.id,
            LinkKind::InvoicePage,
        )
        .await;
        assert!(matches!(refused, Err(Error::NotYours(_))), "{refused:?}");
    }
    assert!(world.sim.control().requests().is_empty());
    let log = world.log().await;
    assert!(
        log.len() >= 6
            && log
                .iter()
                .all(|row| row.result.label == "Failed" && row.lives.is_empty()),
        "{log:?}"
    );
    assert!(log.iter().all(|row| {
        row.message
            .as_ref()
            .unwrap()
            .contains("does not belong to this client")
    }));
}

impl World {
    /// Another active client like this one.
    pub async fn twin_of(&self, page: &ClientPage) -> ClientPage {
        for row in self.all().await {
            let twin = self.page(&row.id).await;
            let same = |page: &ClientPage| (page.customers.len(), page.subscriptions.len());
            if row.id != page.row.id
                && row.state == BillingState::Active
                && same(&twin) == same(page)
            {
                return twin;
            }
        }
        panic!("nobody is like {}", page.row.name);
    }
}

#[test]
fn an_invoice_is_fetched_again_before_it_is_opened() {
    with_browser(
        "links::an_invoice_is_fetched_again_before_it_is_opened",
        |browser| async move {
            let (world, page) = ready().await;
            let client = &page.row.id;
            let invoice = page
                .invoices
                .iter()
                .find(|invoice| invoice.has_page)
                .unwrap();
            let fresh = format!("{}/i/anew", world.sim.pages_url());
            world
                .sim
                .control()
                .update(&invoice.id, &json!({"hosted_invoice_url": fresh}))
                .unwrap();
            links::open_invoice(&world.workspace, client, &invoice.id, LinkKind::InvoicePage)
                .await
                .unwrap();
            assert_eq!(browser.opened(1).await, [fresh]);
            links::open_invoice(&world.workspace, client, &invoice.id, LinkKind::InvoicePdf)
                .await
                .unwrap();
            assert_eq!(browser.opened(2).await.len(), 2);
            // What Stripe sends is not trusted to be a page.
            world
                .sim
                .control()
                .update(
                    &invoice.id,
                    &json!({"hosted_invoice_url": "file:///etc/passwd"}),
                )
                .unwrap();
            let refused =
                links::open_invoice(&world.workspace, client, &invoice.id, LinkKind::InvoicePage)
                    .await;
            assert!(
                matches!(refused, Err(Error::LinkNotPossible(_))),
                "{refused:?}"
            );
            world
                .sim
                .control()
                .update(
                    &invoice.id,
                    &json!({"hosted_invoice_url": null, "status": "draft"}),
                )
                .unwrap();
            let refused =
                links::open_invoice(&world.workspace, client, &invoice.id, LinkKind::InvoicePage)
                    .await;
            assert!(
                matches!(&refused, Err(Error::LinkNotPossible(why)) if why.contains("draft")),
                "{refused:?}"
            );
            assert_eq!(browser.opened(2).await.len(), 2);
            let dashboard = links::open_in_stripe(&world.workspace, client, &invoice.id).await;
            assert!(
                matches!(&dashboard, Err(Error::LinkNotPossible(why)) if why.contains("simulator")),
                "{dashboard:?}"
            );
        },
    );
}

#[tokio::test]
async fn a_failure_on_the_way_is_in_the_log_too() {
    let (world, page) = ready().await;
    world
        .sim
        .control()
        .fail_next_on("/v1/billing_portal/sessions", 20, stripe_sim::Fault::Drop);
    let failed = links::open_portal(&world.workspace, &page.row.id, None).await;
    assert!(matches!(failed, Err(Error::Offline(_))), "{failed:?}");
    let log = world.log().await;
    assert_eq!(log[0].result.label, "Failed");
    assert!(
        log[0]
            .message
            .as_ref()
            .unwrap()
            .contains("could not be reached")
    );
    let timeline = clients::timeline(&world.workspace, &page.row.id, None)
        .await
        .unwrap();
    assert!(
        timeline
            .entries
            .iter()
            .any(|entry| entry.text.starts_with("It failed: "))
    );
}

#[tokio::test]
async fn a_key_of_another_account_writes_nothing() {
    let (world, page) = ready().await;
    let file = world.workspace.store().folder.join("workspace.toml");
    let World {
        sim,
        core,
        folder,
        workspace,
    } = world;
    let id = workspace.summary().id;
    workspace.store().close().await;
    drop((workspace, core));
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(sim.account_id(), "acct_1SomebodyElse")).unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let workspace = core.workspace(&id).await.unwrap();
    workspace
        .unlock_key_file(Secret::new(PASSPHRASE))
        .await
        .unwrap();
    let refused = links::open_portal(&workspace, &page.row.id, None).await;
    assert!(
        matches!(&refused, Err(Error::NotYours(why)) if why.contains("another Stripe account")),
        "{refused:?}"
    );
    assert_eq!(sim.control().request_counts().get(SESSIONS), None);
}
