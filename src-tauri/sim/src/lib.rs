//! A Stripe to work against: the demo workspace, the tests and development.
//!
//! [`Sim::start`] serves three loopback ports: the API at version `2026-10-28.endive`, the hosted
//! pages (customer portal, its login, checkout, payment links, invoices), and the control door.
//!
//! Moving the clock ages sessions, codes, keys and events, and bills: subscriptions renew, trials end,
//! invoices are finalised an hour after their draft, charged, tried again after 3, 5 and 7 days and given
//! up ([`AfterRetries`]), schedules change plans, each at its own time. A step needs the clock to be
//! moved; what is due while the clock runs by itself is taken with the next move. A client on a test clock
//! lives by that clock alone. The bank refuses a payment method whose metadata has `decline`
//! (`insufficient_funds`, `generic_decline`, `do_not_honor`, `expired_card`, `lost_card`), and Stripe's
//! test cards as Stripe says.
//!
//! # The control door
//!
//! The library has it as [`Control`], everybody else as JSON over HTTP at `control_url`:
//!
//! | call | does |
//! | --- | --- |
//! | `GET /` | lists these calls |
//! | `GET /clock` | `{"now": "…"}` |
//! | `POST /clock` | `{"set": "2027-01-01T00:00:00Z"}` or `{"advance_seconds": 3600}`; forward only |
//! | `POST /faults` | `{"count": 2, "fault": {"status": 503}, "path_prefix": "/v1/invoices"}`; faults: `{"status": N}`, `{"limited": reason}` (`global_rate`, `global_concurrency`, `endpoint_rate`, `endpoint_concurrency`, `resource_specific`, `lock_timeout`), `"hang"`, `"cut"`, `"drop"`, `"lose_answer"`, `"html"` |
//! | `GET /faults` | how often each fault was met |
//! | `DELETE /faults` | forgets faults that have not been met, and ends outages |
//! | `POST /outage` | `{"fault": {"limited": "lock_timeout"}, "path_prefix": "/v1/events", "probability": 0.05}`: until it is ended, all requests or that share of them meet the fault |
//! | `DELETE /outage` | ends every outage |
//! | `POST /disorder` | `{"delay_percent": 20, "delay_events": 5, "delay_seconds": 600, "duplicate_percent": 10, "reorder_percent": 10}`: how many of 100 further events come late, twice, or before their elder; `{}` is order |
//! | `GET /disorder` | the rules, and how often each disorder has occurred |
//! | `POST /permissions` | `{"permissions": "all"}` or `"rak_customer_read,rak_invoice_read"`, for the restricted key |
//! | `GET /requests` | `{"requests": […], "counts": {"GET /v1/customers": 3}}` |
//! | `DELETE /requests` | starts the log anew |
//! | `GET /login_codes` | the code last mailed to each address, by the portal's login page or an expired session |
//! | `GET /state` | everything that has changed, as a file for `--state` |
//! | `POST /save` | saves the state to the file of `--state` now |
//! | `POST /keys/roll` | new keys; the old ones answer 401 |
//! | `POST /objects/{id}` | merges the JSON body into an object, as if changed in the Dashboard |
//! | `DELETE /objects/{id}` | deletes a customer, cancels a subscription |

// A checkout session has more fields than `json!` takes by default.
#![recursion_limit = "256"]

mod api;
mod billing;
mod changes;
mod clock;
mod control;
mod control_http;
mod disorder;
mod error;
mod expand;
mod faults;
mod form;
mod idempotency;
mod ids;
mod keys;
mod limits;
mod list;
mod objects;
mod operations;
mod options;
mod pages;
mod population;
mod random;
mod read;
mod registry;
mod request_log;
mod saved;
mod server;
mod shared;
mod state;
mod store;
mod wire;
mod write;

pub use billing::AfterRetries;
pub use control::{Control, ControlError};
pub use disorder::{Disorder, DisorderCounts};
pub use faults::{Fault, LimitReason};
pub use options::{Limits, Options, Permissions};
pub use request_log::LoggedRequest;
pub use server::Sim;
