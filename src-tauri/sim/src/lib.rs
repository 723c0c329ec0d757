//! A Stripe to work against.
