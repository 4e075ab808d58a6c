//! From a query to hits.

pub mod calibration;
pub mod score;
