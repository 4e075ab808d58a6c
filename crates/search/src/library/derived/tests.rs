//! Derived incrementally, derived anew, after a kill, after damage: always what the truth says.
