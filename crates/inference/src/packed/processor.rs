//! What the machine's processor multiplies fast, and what is made of that.

use std::sync::OnceLock;

use numkong::cap;
use pulp::Arch;

/// A kind of processor that there are products for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// x86 with matrix registers for bytes and half-width numbers.
    Amx,
    /// AVX-512 with products of bytes and of half-width numbers.
    Avx512Bf16,
    /// AVX-512 with products of bytes.
    Avx512Vnni,
    /// AVX2 with products of bytes.
    AvxVnni,
    Avx2,
    /// ARM with matrix registers.
    Sme,
    /// ARM with products of bytes and of half-width numbers.
    NeonBf16,
    /// ARM with products of bytes.
    NeonDot,
    /// Any other: plain loops.
    Plain,
}

/// What products are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// One byte each.
    Bytes,
    /// A weight's four bits and a row's byte each, with a step for every few.
    Fours,
    /// Half as wide as `f32`, with its range.
    Halves,
    /// Whole numbers of sixteen bits.
    Shorts,
}

impl Numbers {
    pub const ALL: [Self; 4] = [Self::Bytes, Self::Fours, Self::Halves, Self::Shorts];
}

/// Names one in place of what the machine has, for tests and for a processor that multiplies wrongly.
const VARIABLE: &str = "KENNING_CPU";

/// Asks for other numbers than the usual ones by `bytes` or `exact`.
const NUMBERS: &str = "KENNING_NUMBERS";

/// What somebody wants products to be computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What is fastest, and loses next to nothing that is noticed.
    Nothing,
    /// Bytes, whatever the processor.
    Bytes,
    /// What loses nothing that can be measured in answers.
    Exact,
}

pub fn asked() -> Asked {
    match std::env::var(NUMBERS).as_deref() {
        Ok("bytes") => Asked::Bytes,
        Ok("exact") => Asked::Exact,
        _ => Asked::Nothing,
    }
}

impl Processor {
    /// Best first.
    pub const ALL: [Self; 9] = [
        Self::Amx,
        Self::Avx512Bf16,
        Self::Avx512Vnni,
        Self::AvxVnni,
        Self::Avx2,
        Self::Sme,
        Self::NeonBf16,
        Self::NeonDot,
        Self::Plain,
    ];

    /// The one to compute with: the best that this machine has, or the one named in `KENNING_CPU` where it has it.
    pub fn current() -> Self {
        static CURRENT: OnceLock<Processor> = OnceLock::new();
        *CURRENT.get_or_init(|| {
            let named = std::env::var(VARIABLE).ok();
            let mut here = Self::ALL.into_iter().filter(|own| own.is_here());
            let best = here.clone().next().unwrap_or(Self::Plain);
            here.find(|own| named.as_deref() == Some(own.name())).unwrap_or(best)
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Amx => "amx",
            Self::Avx512Bf16 => "avx512-bf16",
            Self::Avx512Vnni => "avx512-vnni",
            Self::AvxVnni => "avx-vnni",
            Self::Avx2 => "avx2",
            Self::Sme => "sme",
            Self::NeonBf16 => "neon-bf16",
            Self::NeonDot => "neon-dot",
            Self::Plain => "plain",
        }
    }

    pub fn is_here(self) -> bool {
        match self {
            Self::Plain => true,
            Self::Avx2 => has_avx2(),
            _ => {
                let wanted = self.capabilities();
                numkong::available() & wanted == wanted
            }
        }
    }

    /// What the kernels may use of it.
    pub fn capabilities(self) -> u64 {
        match self {
            Self::Amx => cap::SAPPHIREAMX | Self::Avx512Bf16.capabilities(),
            Self::Avx512Bf16 => cap::GENOA | Self::Avx512Vnni.capabilities(),
            Self::Avx512Vnni => cap::ICELAKE,
            Self::AvxVnni => cap::ALDER,
            Self::Sme => cap::SME,
            Self::NeonBf16 => cap::NEONBFDOT | Self::NeonDot.capabilities(),
            Self::NeonDot => cap::NEONSDOT,
            Self::Avx2 => cap::HASWELL,
            Self::Plain => cap::SERIAL,
        }
    }

    /// Whether it multiplies bytes twice as fast as anything else.
    pub fn is_fastest_in_bytes(self) -> bool {
        self == Self::Amx
    }

    /// The fastest numbers of which next to nothing is lost.
    pub fn exact(self) -> Numbers {
        match self {
            Self::Amx | Self::Avx512Bf16 | Self::Sme | Self::NeonBf16 => Numbers::Halves,
            Self::Avx512Vnni | Self::AvxVnni | Self::Avx2 | Self::NeonDot | Self::Plain => {
                Numbers::Shorts
            }
        }
    }

    /// The vectors that plain loops become.
    pub fn vectors(self) -> Arch {
        match self {
            Self::Plain => Arch::Scalar,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 | Self::AvxVnni => pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3),
            _ => Arch::new(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    pulp::x86::V3::is_available()
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}
