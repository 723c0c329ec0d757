//! Keys that are wrong, keychains that are closed, lost or missing, and what stays readable meanwhile.

use crate::agency::{Agency, CLIENT, NAME};
use crate::harness::desk::KeychainState;
use crate::harness::eventually;

const PASSPHRASE: &str = "a long enough passphrase";

#[tokio::test]
async fn each_wrong_key_has_its_own_sentence_and_the_right_one_still_works() {
    let agency = Agency::first_start().await;
    let app = &agency.app;
    let revoked = agency.sim.restricted_key().to_owned();
    let (_, restricted) = agency.sim.control().roll_keys();
    app.click("button", "Connect Stripe").await;
    for (key, sentence) in [
        ("pk_test_51Abcdefghijklmnop", "This is a publishable key"),
        (
            agency.sim.webhook_secret(),
            "the signing secret of a webhook endpoint",
        ),
        (
            "sk_org_test_51Abcdefghijklmnop",
            "a key of a whole organisation",
        ),
        ("open sesame", "This is not a key of Stripe"),
        (
            "sk_test_…4242",
            "the shortened form that the Dashboard shows",
        ),
        (
            "rk_live_51Abcdefghijklmnop",
            "A live key is only ever sent to Stripe itself",
        ),
        ("rk_test_51Abcdefghijklmnop", "Invalid API Key provided"),
        (&revoked, "Expired API Key provided"),
    ] {
        app.type_into("Stripe key", key).await;
        app.click("button", "Check the key").await;
        app.see(sentence).await;
    }
    app.screenshot("refused_key").await;
    app.type_into("Stripe key", &restricted).await;
    app.click("button", "Check the key").await;
    agency.save().await;
    agency.sees_the_filling_complete().await;
    agency.close().await;
}

#[tokio::test]
async fn a_closed_lost_or_missing_keychain_each_say_so_above_readable_data() {
    let mut agency = Agency::filled().await;
    for (keychain, title) in [
        (KeychainState::Locked, "The keychain is locked"),
        (KeychainState::Absent, "This computer has no keychain"),
    ] {
        agency.app.desk_mut().change_keychain(keychain);
        agency.app.restart().await;
        agency.app.find("region", title).await;
        agency.app.screenshot(&format!("{keychain:?}")).await;
        agency.opens_client(CLIENT).await;
        agency.app.click("link", "Clients").await;
    }
    agency
        .app
        .desk_mut()
        .change_keychain(KeychainState::Unlocked);
    agency.app.click("button", "Ask again").await;
    agency
        .app
        .see_no_more("This computer has no keychain")
        .await;

    agency.app.desk_mut().lose_keychain();
    agency.app.restart().await;
    let title = "The keychain no longer has this workspace's key";
    agency.app.find("region", title).await;
    agency.app.screenshot("lost").await;
    agency.opens_client(CLIENT).await;
    agency.close().await;
}

#[tokio::test]
async fn without_a_keychain_a_passphrase_keeps_the_key_and_is_asked_for_at_each_start() {
    let mut agency = Agency::with_keychain(KeychainState::Absent).await;
    agency.enter_key(agency.sim.restricted_key()).await;
    agency.app.see("This computer offers no keychain").await;
    agency.app.type_into("Name of the workspace", NAME).await;
    agency
        .app
        .click("button", "Save and read the clients")
        .await;
    agency.app.see("Type a passphrase").await;
    assert_eq!(agency.app.value_of("Name of the workspace").await, NAME);
    agency.app.screenshot("passphrase").await;
    agency.app.type_into("Passphrase", PASSPHRASE).await;
    agency
        .app
        .click("button", "Save and read the clients")
        .await;
    agency.app.find("heading", "Clients").await;
    agency.sees_the_filling_complete().await;

    agency.app.restart().await;
    agency.app.find("region", "The key file is locked").await;
    agency.opens_client(CLIENT).await;
    let passphrase = "Passphrase of the key file";
    agency.app.type_into(passphrase, "open sesame").await;
    agency.app.click("button", "Unlock").await;
    agency.app.see("The passphrase does not open").await;
    assert_eq!(agency.app.value_of(passphrase).await, "open sesame");
    agency.app.type_into(passphrase, PASSPHRASE).await;
    agency.app.click("button", "Unlock").await;
    agency.app.see_no_more("The key file is locked").await;
    agency.app.click("button", "Refresh this client").await;
    agency.close().await;
}

#[tokio::test]
async fn a_key_refused_in_use_is_replaced_and_all_is_well_again() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    let (_, fresh) = agency.sim.control().roll_keys();
    agency.opens_client(CLIENT).await;
    app.click("button", "Refresh this client").await;
    app.see("Stripe refuses the key ending in").await;
    app.screenshot("refused").await;
    app.click("link", "Clients").await;
    agency.opens_client(CLIENT).await;

    app.click("button", "Enter a key").await;
    app.type_into("Stripe key", &fresh).await;
    app.click("button", "Check the key").await;
    app.click("button", "Replace the key").await;
    agency.says_who_acts().await;
    app.see("The key was replaced.").await;
    app.see_no_more("Stripe refuses the key").await;
    agency.opens_client(CLIENT).await;
    agency.sim.control().reset_requests();
    app.click("button", "Refresh this client").await;
    let asked = eventually(async || {
        let requests = agency.sim.control().requests();
        requests
            .iter()
            .any(|request| request.status == 200)
            .then_some(())
    });
    assert!(asked.await.is_some(), "the new key was not used");
    assert!(!app.text().await.contains("Stripe refuses the key"));
    agency.close().await;
}

#[tokio::test]
async fn a_removed_workspace_leaves_its_journal_unless_its_name_is_typed() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    let folder = app
        .desk()
        .data()
        .join("workspaces")
        .join(agency.workspace().await);
    app.click("link", "Settings").await;
    app.screenshot("settings").await;
    app.click("button", &format!("Remove {NAME}…")).await;
    app.type_into("Delete the journal too", "Lumen").await;
    app.click("button", "Remove workspace").await;
    app.see(&format!("type “{NAME}” exactly")).await;
    app.type_into("Delete the journal too", "").await;
    app.click("button", "Remove workspace").await;
    app.find("heading", "Welcome to Portico").await;
    assert!(folder.join("journal.db").exists());
    assert!(!folder.join("portico.db").exists());

    agency.connect().await;
    agency.sees_the_filling_complete().await;
    let folder = app
        .desk()
        .data()
        .join("workspaces")
        .join(agency.workspace().await);
    assert!(folder.join("portico.db").exists());
    app.click("link", "Settings").await;
    app.click("button", &format!("Remove {NAME}…")).await;
    app.type_into("Delete the journal too", NAME).await;
    app.click("button", "Remove workspace").await;
    app.find("heading", "Welcome to Portico").await;
    assert!(!folder.exists());
    agency.close().await;
}
