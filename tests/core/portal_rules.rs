//! Segments and rules: who gets which portal, from which day on, and what a change of them does.

use crate::world::{Watch, World, other_agency};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::Error;
use portico_core::ids::ClientId;
use portico_core::journal::{BillingInterval, PortalRule, PortalRuleConditions};
use portico_core::portal::{self, PortalSettings, Segment};
use portico_core::words::BillingState;
use serde_json::json;
use std::collections::BTreeSet;

fn settings(name: &str, change: impl Fn(&mut PortalSettings)) -> PortalSettings {
    let mut settings = PortalSettings {
        name: name.into(),
        invoice_history: true,
        ..PortalSettings::default()
    };
    change(&mut settings);
    settings
}

async fn saved(world: &World, name: &str, change: impl Fn(&mut PortalSettings)) -> String {
    let settings = settings(name, change);
    let saved = portal::save(&world.workspace, None, &settings).await;
    saved.unwrap().id
}

fn rule(id: &str, configuration: &str, when: PortalRuleConditions) -> PortalRule {
    PortalRule {
        id: format!("pr_{id}"),
        name: format!("The rule {id}"),
        when,
        configuration: configuration.into(),
    }
}

async fn segment(world: &World, name: &str) -> Segment {
    let segments = portal::policy(&world.workspace).await.unwrap().segments;
    segments
        .into_iter()
        .find(|segment| segment.name == name)
        .unwrap()
}

async fn chosen(world: &World, client: &ClientId) -> (Option<String>, String) {
    let portal = portal::client_portal(&world.workspace, client)
        .await
        .unwrap();
    (portal.chosen.id, portal.chosen.because)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A subscription begun on 31 March at 23:30 UTC is six months old on 30 September, which has no
/// 31st; in Auckland it began on 1 April and is so on 1 October, which begins there earlier.
#[tokio::test]
async fn the_six_month_rule_ends_with_the_workspaces_own_day() {
    let watch = Watch::at(at("2026-09-01T12:00:00Z"));
    let options = stripe_sim::Options {
        now: Some(at("2026-09-01T00:00:00Z")),
        ..stripe_sim::Options::default()
    };
    let world = World::with(options, watch.clock()).await;
    world.fill().await;
    let page = world.client_in(BillingState::Active).await;
    let (client, subscription) = (&page.row.id, &page.subscriptions[0].id);
    let begun = at("2026-03-31T23:30:00Z").timestamp();
    world
        .change(client, subscription, json!({"start_date": begun}))
        .await;
    let young = saved(&world, "First months", |_| {}).await;
    let six = PortalRuleConditions {
        younger_than_months: Some(6),
        ..PortalRuleConditions::default()
    };
    let rules = vec![rule("young", &young, six)];
    portal::save_rules(&world.workspace, rules, None)
        .await
        .unwrap();

    for (zone, last, first) in [
        ("Etc/UTC", "2026-09-29T23:59:59Z", "2026-09-30T00:00:00Z"),
        (
            "Pacific/Auckland",
            "2026-09-30T10:59:59Z",
            "2026-09-30T11:00:00Z",
        ),
        (
            "America/Los_Angeles",
            "2026-09-30T06:59:59Z",
            "2026-09-30T07:00:00Z",
        ),
    ] {
        let id = world.workspace.summary().id;
        world.core.set_time_zone(&id, zone).await.unwrap();
        watch.set(at(last));
        assert_eq!(
            chosen(&world, client).await,
            (Some(young.clone()), "By the rule “The rule young”".into()),
            "the last moment in {zone}"
        );
        watch.set(at(first));
        let (_, because) = chosen(&world, client).await;
        assert_eq!(
            because, "No rule holds for this client",
            "the first moment in {zone}"
        );
    }
}

#[tokio::test]
async fn what_the_preview_says_is_what_then_happens() {
    let world = World::filled().await;
    let open = saved(&world, "Open", |s| {
        s.payment_method_update.enabled = true;
        s.cancel.enabled = true;
    })
    .await;
    let strict = saved(&world, "Strict", |s| s.login_page = true).await;
    let simple = saved(&world, "Simple", |s| s.payment_method_update.enabled = true).await;
    portal::save_rules(&world.workspace, Vec::new(), Some(open.clone()))
        .await
        .unwrap();
    let enterprise = segment(&world, "Enterprise").await.id;
    let all = world.all().await;
    for row in all.iter().take(3) {
        portal::set_client_segment(&world.workspace, &row.id, Some(enterprise.clone()))
            .await
            .unwrap();
    }
    // By hand goes ahead of the rules, so this one is not to change.
    portal::set_client_portal(&world.workspace, &all[2].id, Some(simple.clone()))
        .await
        .unwrap();

    let rules = vec![
        rule(
            "big",
            &strict,
            PortalRuleConditions {
                segments: vec![enterprise],
                ..PortalRuleConditions::default()
            },
        ),
        rule(
            "several",
            &simple,
            PortalRuleConditions {
                min_subscriptions: Some(2),
                ..PortalRuleConditions::default()
            },
        ),
        rule(
            "yearly",
            &strict,
            PortalRuleConditions {
                interval: Some(BillingInterval::Year),
                ..PortalRuleConditions::default()
            },
        ),
    ];
    let mut before = Vec::new();
    for row in &all {
        before.push(chosen(&world, &row.id).await.0);
    }
    let impact = portal::preview_rules(&world.workspace, &rules, Some(&open))
        .await
        .unwrap();
    portal::save_rules(&world.workspace, rules, Some(open.clone()))
        .await
        .unwrap();
    let mut changed = BTreeSet::new();
    for (row, before) in all.iter().zip(before) {
        let (now, because) = chosen(&world, &row.id).await;
        if now != before {
            assert!(because.starts_with("By the rule"), "{because}");
            changed.insert(row.id.clone());
        }
    }
    let foretold: BTreeSet<ClientId> = impact.rows.iter().map(|row| row.client.clone()).collect();
    assert_eq!(foretold, changed);
    assert_eq!(impact.clients as usize, changed.len());
    assert!(changed.contains(&all[0].id) && !changed.contains(&all[2].id));
    let cancelling = impact.rows.iter().filter(|row| row.cancelling).count();
    assert_eq!(impact.cancelling as usize, cancelling);
    let loses = |row: &portal::ImpactRow| row.loses.iter().any(|may| may.starts_with("Cancel"));
    assert!(
        impact.rows.iter().all(loses),
        "all three allow less: {impact:?}"
    );
    assert!(
        impact
            .summary
            .starts_with(&format!("{} clients change", changed.len()))
    );

    // A change of the settings themselves is foretold for those who have them.
    let tighter = settings("Strict", |s| s.invoice_history = false);
    let tighter = portal::preview_settings(&world.workspace, &strict, &tighter)
        .await
        .unwrap();
    let strictly: Vec<_> = impact
        .rows
        .iter()
        .filter(|row| row.to == "Strict")
        .collect();
    assert_eq!(tighter.clients as usize, strictly.len());
    assert_eq!(tighter.rows[0].loses, ["See and download their invoices"]);

    let rows = portal::configurations(&world.workspace).await.unwrap();
    let counted = rows.iter().find(|row| row.id == strict).unwrap();
    assert_eq!(counted.clients as usize, strictly.len());

    // The matrix counts everybody once.
    let matrix = portal::matrix(&world.workspace).await.unwrap();
    let sum: u32 = matrix.rows.iter().map(|row| row.clients).sum();
    assert_eq!(sum as usize, all.len());
    let big = matrix
        .rows
        .iter()
        .find(|row| row.because == "The rule big")
        .unwrap();
    assert_eq!((big.segment_name.as_str(), big.clients), ("Enterprise", 2));
    assert!(
        matrix
            .rows
            .iter()
            .all(|row| row.cells.len() == matrix.features.len())
    );
}

#[tokio::test]
async fn segments_are_named_removed_and_protected() {
    let world = World::filled().await;
    let workspace = &world.workspace;
    let vip = portal::save_segment(workspace, None, " Friends ", Some(""))
        .await
        .unwrap();
    for (name, why) in [("b2b", "has this name"), (" ", "at most 80")] {
        let refused = portal::save_segment(workspace, Some(vip.clone()), name, None).await;
        assert!(refused.unwrap_err().to_string().contains(why));
    }
    portal::save_segment(workspace, Some(vip.clone()), "Family", None)
        .await
        .unwrap();
    let client = &world.all().await[0].id;
    portal::set_client_segment(workspace, client, Some(vip.clone()))
        .await
        .unwrap();
    assert_eq!(segment(&world, "Family").await.clients, 1);

    let own = saved(&world, "For them", |_| {}).await;
    let when = PortalRuleConditions {
        segments: vec![vip.clone()],
        ..PortalRuleConditions::default()
    };
    portal::save_rules(workspace, vec![rule("family", &own, when)], None)
        .await
        .unwrap();
    assert_eq!(chosen(&world, client).await.0, Some(own.clone()));
    let refused = portal::remove_segment(workspace, &vip).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("A portal rule is made for this segment")
    );
    portal::save_rules(workspace, Vec::new(), None)
        .await
        .unwrap();
    portal::remove_segment(workspace, &vip).await.unwrap();
    let portal = portal::client_portal(workspace, client).await.unwrap();
    assert_eq!(portal.segment, None);
    let gone = portal::set_client_segment(workspace, client, Some(vip)).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn rules_that_hold_for_nobody_or_name_what_is_not_theirs_are_refused() {
    let world = World::filled().await;
    let workspace = &world.workspace;
    let other = other_agency().await;
    let other = World::filling(other).await;
    let foreign = saved(&other, "Theirs", |_| {}).await;
    let own = saved(&world, "Ours", |_| {}).await;
    let client = world.all().await[0].id.clone();

    let before = world.entries().await;
    for (configuration, when, why) in [
        (
            &foreign,
            PortalRuleConditions::default(),
            "is no portal setting of this workspace",
        ),
        (
            &own,
            PortalRuleConditions {
                min_subscriptions: Some(3),
                max_subscriptions: Some(2),
                ..Default::default()
            },
            "which no client has",
        ),
        (
            &own,
            PortalRuleConditions {
                younger_than_months: Some(3),
                older_than_months: Some(3),
                ..Default::default()
            },
            "which none is",
        ),
    ] {
        let rules = vec![rule("odd", configuration, when)];
        let refused = portal::save_rules(workspace, rules.clone(), None)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
        let preview = portal::preview_rules(workspace, &rules, None).await;
        assert_eq!(preview.unwrap_err().to_string(), refused.to_string());
    }
    let refused = portal::set_client_portal(workspace, &client, Some(foreign)).await;
    assert!(matches!(refused, Err(Error::NotYours(_))), "{refused:?}");
    portal::set_active(workspace, &own, false).await.unwrap();
    let off = portal::set_client_portal(workspace, &client, Some(own.clone())).await;
    assert!(off.unwrap_err().to_string().contains("switched off"));
    assert_eq!(
        world.entries().await,
        before + 2,
        "only the switch was journaled"
    );
}

#[tokio::test]
async fn the_matrix_is_exported_and_asks_to_be_reviewed_again() {
    let watch = Watch::at(Utc::now());
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let workspace = &world.workspace;
    portal::save_segment(workspace, None, "=Formula", None)
        .await
        .unwrap();
    let path = portal::export_matrix(workspace).await.unwrap();
    let csv = std::fs::read_to_string(path).unwrap();
    let head = csv.lines().next().unwrap().trim_start_matches('\u{feff}');
    assert!(
        head.starts_with("Segment,Portal settings,Because,Clients,"),
        "{head}"
    );
    assert!(
        csv.contains("'=Formula"),
        "a spreadsheet would run it: {csv}"
    );

    assert!(!portal::policy(workspace).await.unwrap().review_overdue);
    assert!(portal::review_matrix(workspace, 0).await.is_err());
    portal::review_matrix(workspace, 90).await.unwrap();
    let policy = portal::policy(workspace).await.unwrap();
    assert_eq!(policy.reviewed_by.as_deref(), Some("Ada Lovelace"));
    assert!(!policy.review_overdue);
    watch.set(Utc::now() + TimeDelta::days(90));
    assert!(portal::policy(workspace).await.unwrap().review_overdue);
}
