//! Which keys and addresses are accepted, and what the others are told.

use portico_core::{
    Clock,
    stripe::{ApiBase, Client, Key, Pace, permissions},
};

fn refusal(key: &str) -> String {
    Key::parse(key).unwrap_err().to_string()
}

#[test]
fn the_four_kinds_of_keys_are_told_apart() {
    for (text, restricted, livemode) in [
        ("sk_live_51HouseOfPortico0001", false, true),
        ("sk_test_51HouseOfPortico0001", false, false),
        ("rk_live_51HouseOfPortico0001", true, true),
        ("  rk_test_51HouseOfPortico0001\n", true, false),
    ] {
        let key = Key::parse(text).unwrap();
        assert_eq!(key.kind().restricted, restricted, "{text}");
        assert_eq!(key.kind().livemode, livemode, "{text}");
        assert_eq!(key.kind().last4, "0001", "{text}");
    }
}

#[test]
fn each_wrong_paste_is_told_what_it_is() {
    assert!(refusal("").starts_with("Paste a key"));
    assert!(refusal("pk_live_51HouseOfPortico0001").contains("publishable key"));
    assert!(refusal("whsec_51HouseOfPortico0001").contains("webhook endpoint"));
    assert!(refusal("sk_org_live_51HouseOfPortico0001").contains("organisation"));
    assert!(refusal("sk_live_51Ho…0001").contains("shortened form"));
    assert!(refusal("sk_live_…").contains("shortened form"));
    assert!(refusal("sk_test_51").contains("incomplete"));
    assert!(refusal("sk_test_51HouseOf Portico0001").contains("incomplete"));
    assert!(refusal("correct horse battery staple").contains("not a key of Stripe"));
}

#[test]
fn a_key_is_not_printed() {
    let key = Key::parse("sk_test_51HouseOfPortico0001").unwrap();
    assert!(!format!("{key:?}").contains("HouseOf"));
    let base = ApiBase::parse("http://127.0.0.1:1").unwrap();
    let client = Client::new(base, key, Pace::Polite, Clock::system()).unwrap();
    assert!(!format!("{client:?}").contains("HouseOf"));
}

#[test]
fn the_api_is_stripe_or_this_computer() {
    for good in [
        "https://api.stripe.com",
        "https://api.stripe.com/",
        "http://127.0.0.1:8420",
        "http://localhost:8420/",
        "http://[::1]:8420",
    ] {
        assert!(ApiBase::parse(good).is_ok(), "{good}");
    }
    for (bad, why) in [
        ("http://api.stripe.com", "neither Stripe's host"),
        (
            "https://api.stripe.com.example.org",
            "neither Stripe's host",
        ),
        ("https://api.stripe.com:8443", "neither Stripe's host"),
        ("http://192.168.1.7:8420", "neither Stripe's host"),
        ("https://127.0.0.1:8420", "must start with http://"),
        (
            "http://user:word@127.0.0.1:8420",
            "a user name or a password",
        ),
        (
            "http://api.stripe.com@127.0.0.1:8420",
            "a user name or a password",
        ),
        ("http://127.0.0.1:8420/v1", "must end after the host"),
        ("http://127.0.0.1:8420/?x=1", "must end after the host"),
        ("nonsense", "not a URL"),
    ] {
        let message = ApiBase::parse(bad).unwrap_err().to_string();
        assert!(message.contains(why), "{bad}: {message}");
    }
}

#[test]
fn a_live_key_never_meets_a_simulator() {
    let base = ApiBase::parse("http://127.0.0.1:8420").unwrap();
    let key = Key::parse("rk_live_51HouseOfPortico0001").unwrap();
    let refused = Client::new(base, key, Pace::Polite, Clock::system()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("only ever sent to Stripe itself")
    );
}

#[test]
fn the_creation_link_carries_every_wanted_permission() {
    let link = permissions::creation_link(false).unwrap();
    assert!(
        link.as_str()
            .starts_with("https://dashboard.stripe.com/test/apikeys/create?name=Portico&")
    );
    let asked: Vec<String> = link
        .query_pairs()
        .filter(|(name, _)| name.starts_with("permissions["))
        .map(|(_, slug)| slug.into_owned())
        .collect();
    let wanted: Vec<String> = permissions::wanted()
        .into_iter()
        .map(|row| row.slug)
        .collect();
    assert_eq!(asked, wanted);
    let live = permissions::creation_link(true).unwrap();
    assert_eq!(live.path(), "/apikeys/create");
}
