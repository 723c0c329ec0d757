//! What goes wrong in a history: with Stripe, the network, the key, the clock, the computer.

use super::course::Course;
use crate::agency::{client, only};
use chrono::TimeDelta;
use portico_core::db::MIRROR;
use portico_core::stripe::Pace;
use portico_core::sync::Tail;
use rand::{Rng, seq::IndexedRandom};
use stripe_sim::{Disorder, Fault, LimitReason, Permissions};

const EVENTS: &str = "rak_event_read";
const READS: [&str; 18] = [
    "rak_customer_read",
    "rak_payment_method_read",
    "rak_subscription_read",
    "rak_invoice_read",
    "rak_product_read",
    "rak_plan_read",
    "rak_coupon_read",
    "rak_customer_portal_read",
    "rak_promotion_code_read",
    "rak_charge_read",
    "rak_refund_read",
    "rak_dispute_read",
    "rak_payout_read",
    "rak_credit_note_read",
    "rak_balance_transaction_read",
    "rak_tax_id_read",
    "rak_checkout_session_read",
    "rak_payment_link_read",
];

const FAULTS: [Fault; 12] = [
    Fault::Status(429),
    Fault::Status(500),
    Fault::Status(503),
    Fault::Limited(LimitReason::GlobalRate),
    Fault::Limited(LimitReason::GlobalConcurrency),
    Fault::Limited(LimitReason::EndpointRate),
    Fault::Limited(LimitReason::EndpointConcurrency),
    Fault::Limited(LimitReason::LockTimeout),
    Fault::Cut,
    Fault::Drop,
    Fault::LoseAnswer,
    Fault::Html,
];

impl Course {
    pub(super) async fn disturb(&mut self) {
        let control = self.sim.control();
        match self.rng.random_range(0..17) {
            0 | 1 => control.disorder(Disorder {
                delay_percent: self.rng.random_range(0..50),
                delay_events: self.rng.random_range(1..60),
                // Less than what is read again with each poll.
                delay_seconds: self.rng.random_range(1..550),
                duplicate_percent: self.rng.random_range(0..50),
                reorder_percent: self.rng.random_range(0..50),
            }),
            2 => control.disorder(Disorder::default()),
            3..6 => self.fail_some(),
            6 | 7 => control.clear_faults(),
            8 => self.set_clock(1),
            9 => self.set_clock(-1),
            10 => {
                let hours = self.rng.random_range(1..30);
                self.wait(hours * 3600);
                self.report.note("hours pass");
            }
            11 => {
                let days = self.rng.random_range(1..45);
                self.wait(days * 86_400);
                let long = days > 30;
                self.report.note(if long {
                    "more than 30 days pass"
                } else {
                    "days pass"
                });
            }
            12 => self.lose_permissions(),
            13 => {
                control.set_permissions(Permissions::All);
                self.report.note("permissions regained");
            }
            14 => self.open_again(false).await,
            15 => self.open_again(true).await,
            _ => self.write_down().await,
        }
    }

    fn fail_some(&mut self) {
        let (share, name) = *[
            (0.05, "5 % of answers fail"),
            (0.4, "40 % of answers fail"),
            (1.0, "100 % of answers fail"),
        ]
        .choose(&mut self.rng)
        .unwrap();
        let fault = *FAULTS.choose(&mut self.rng).unwrap();
        let place = *[None, None, Some("/v1/events"), Some("/v1/customers/")]
            .choose(&mut self.rng)
            .unwrap();
        let control = self.sim.control();
        control.end_outage();
        control.fault_rate(fault, share, place);
        self.report.note(name);
    }

    fn set_clock(&mut self, direction: i64) {
        let minutes = self.rng.random_range(1..600);
        let wrong_by = self.wrong_by + TimeDelta::minutes(minutes * direction);
        // Rather wrong, but somebody would notice another day.
        self.wrong_by = wrong_by.clamp(TimeDelta::hours(-20), TimeDelta::hours(20));
        self.time_passed();
        self.report.note(if direction > 0 {
            "computer's clock set ahead"
        } else {
            "computer's clock set back"
        });
    }

    fn lose_permissions(&mut self) {
        let lost = self.rng.random_range(1..4);
        let lost: Vec<&str> = READS
            .choose_multiple(&mut self.rng, lost)
            .copied()
            .collect();
        let mut kept: Vec<&str> = READS
            .into_iter()
            .filter(|slug| !lost.contains(slug))
            .collect();
        self.report.note("permission lost");
        if self.rng.random_ratio(1, 4) {
            self.report.note("permission to read events lost");
        } else {
            kept.push(EVENTS);
        }
        self.sim.control().set_permissions(only(&kept.join(",")));
    }

    /// As the next process finds it.
    async fn open_again(&mut self, without_mirror: bool) {
        self.store.close().await;
        if without_mirror {
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(self.folder.path().join(format!("{MIRROR}{tail}")));
            }
            self.report.note("portico.db deleted");
        }
        self.store = crate::desk::open_at(self.folder.path(), self.watch.clock())
            .await
            .unwrap();
        self.client = client(
            &self.sim,
            self.sim.restricted_key(),
            Pace::UNLIMITED,
            self.watch.clock(),
        );
        self.tail = Tail::new(&self.client);
        self.report.note("opened again");
    }

    async fn write_down(&mut self) {
        crate::desk::add_client_with_note(&self.store, "Calls on Mondays").await;
        self.report.note("something noted in the journal");
    }
}
