//! The hosted pages: plain HTML that works without scripts, for a person or a driven browser.

mod card;
mod checkout;
mod code;
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
        .route("/p/session/{secret}/recover", post(session::send_code))
        .route(
            "/p/session/{secret}/recover/code",
            post(session::check_code),
        )
        .route("/p/session/{secret}/{action}", post(session::act))
        .route("/p/login/{id}", get(login::show).post(login::send_code))
        .route("/p/login/{id}/code", post(login::check_code))
        .route("/c/pay/{id}", get(checkout::show).post(checkout::pay))
        .route("/b/{link}", get(checkout::follow_link))
        .route("/i/{account}/{secret}", get(invoice::show))
        .route("/i/{account}/{secret}/pay", post(invoice::pay))
        .route("/i/{account}/{secret}/pdf", get(invoice::pdf))
        .with_state(shared)
}
