//! Portico without a window.
