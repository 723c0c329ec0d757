//! What the tests ask with.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use stripe_sim::{Options, Sim};

pub const NOW: &str = "2026-11-21T00:00:00Z";

pub struct Client {
    pub sim: Sim,
    pub key: String,
    pub http: reqwest::Client,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    }

    /// (status, code, parameter)
    pub fn refusal(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("code"), text("param"))
    }

    pub fn message(&self) -> String {
        self.json()["error"]["message"]
            .as_str()
            .expect("a message")
            .to_owned()
    }
}

pub fn options() -> Options {
    Options {
        now: Some(NOW.parse::<DateTime<Utc>>().expect("a time")),
        ..Options::default()
    }
}

impl Client {
    pub async fn start(options: Options) -> Self {
        // Loopback needs no TLS, but the client is built with it.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let sim = Sim::start(options).await.expect("the simulator starts");
        let key = sim.secret_key().to_owned();
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        Self { sim, key, http }
    }

    pub async fn ordinary() -> Self {
        Self::start(options()).await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            text: response.text().await?,
        })
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sim.url());
        self.http.request(method, url).bearer_auth(&self.key)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(reqwest::Method::GET, path))
            .await
            .expect("an answer")
    }

    /// `form` as `a=1&b[c]=2`.
    pub async fn post(&self, path: &str, form: &str) -> Answer {
        let request = self
            .request(reqwest::Method::POST, path)
            .body(form.to_owned());
        self.send(request).await.expect("an answer")
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(reqwest::Method::DELETE, path))
            .await
            .expect("an answer")
    }

    /// Every object of a list, page by page; fails if one comes twice.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut found: Vec<Value> = Vec::new();
        loop {
            let after = found
                .last()
                .map_or_else(String::new, |last| format!("&starting_after={}", id(last)));
            let answer = self.get(&format!("{path}{joint}limit=100{after}")).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let page = answer.json();
            found.extend(page["data"].as_array().expect("data").iter().cloned());
            if page["has_more"] == false {
                break;
            }
        }
        let ids: BTreeSet<&str> = found.iter().map(id).collect();
        assert_eq!(ids.len(), found.len());
        found
    }

    /// The newest object of a list.
    pub async fn first(&self, path: &str) -> Value {
        let page = self.get(path).await.json();
        page["data"][0].clone()
    }
}

pub fn id(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

pub fn number(object: &Value, pointer: &str) -> i64 {
    object
        .pointer(pointer)
        .and_then(Value::as_i64)
        .unwrap_or_else(|| panic!("{pointer} of {object}"))
}
