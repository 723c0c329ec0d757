//! The hosted pages: plain HTML that works without scripts, for a person or a driven browser.

mod invoice;
mod layout;
mod login;
mod pdf;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::shared::Shared;

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/p/session/{secret}", get(session::show))
        .route("/p/session/{secret}/card", post(session::replace_card))
        .route("/p/session/{secret}/cancel", post(session::cancel))
        .route("/p/session/{secret}/keep", post(session::keep))
        .route("/p/login/{id}", get(login::show).post(login::send_code))
        .route("/p/login/{id}/code", post(login::check_code))
        .route("/i/{account}/{secret}", get(invoice::show))
        .route("/i/{account}/{secret}/pdf", get(invoice::pdf))
        .with_state(shared)
}
