//! Where in the truth's history a derived thing stands.

/// Everything up to and with change `seq` of the truth of this `epoch` is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which truth: a truth that was made anew has another one.
    pub epoch: u64,
    pub seq: u64,
}
