//! Which device computes, and the honest way back to the CPU.

use std::fmt;

use half::bf16;

use crate::candle::CandleOps;
use crate::error::LoadError;
use crate::family::{self, Head, Network};
use crate::folder::ModelFolder;
use crate::packed::{Asked, Numbers, PackedOps, Processor, Shared, asked, trusted};
use crate::selftest;
use crate::weights::Weights;
use kenning_manifest::Family;

/// A device that was found to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Cpu,
    /// The CPU without any shortening of numbers: what everything else is held against.
    Reference,
    Cuda(usize),
    Metal(usize),
}

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DevicePreference {
    /// The first GPU that passes its self-test, else the CPU.
    #[default]
    Auto,
    /// This one if it passes its self-test, else the CPU.
    Prefer(Device),
}

/// The device to use, and why it is not the one hoped for.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    pub device: Device,
    /// Set when a GPU was asked for, or is built in, and the CPU is used all the same. To be shown.
    pub fallback: Option<String>,
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => write!(formatter, "CPU"),
            Self::Reference => write!(formatter, "CPU, whole numbers"),
            Self::Cuda(number) => write!(formatter, "CUDA device {number}"),
            Self::Metal(number) => write!(formatter, "Metal device {number}"),
        }
    }
}

impl Device {
    /// The devices this build can try, best first.
    pub fn built_in() -> Vec<Self> {
        let mut devices = Vec::new();
        if cfg!(feature = "cuda") {
            devices.push(Self::Cuda(0));
        }
        if cfg!(feature = "metal") {
            devices.push(Self::Metal(0));
        }
        devices.push(Self::Cpu);
        devices
    }

    /// Chooses by preference and self-test. There is always an answer: the CPU.
    pub fn select(preference: DevicePreference) -> Selected {
        let wanted = match preference {
            DevicePreference::Prefer(device) => vec![device],
            DevicePreference::Auto => Self::built_in(),
        };
        let mut failures = Vec::new();
        for device in wanted {
            if device == Self::Cpu {
                break;
            }
            match device.self_test() {
                Ok(()) => return Selected { device, fallback: None },
                Err(error) => failures.push(format!("{error}")),
            }
        }
        let fallback = (!failures.is_empty())
            .then(|| format!("{}; the CPU is used instead", failures.join("; ")));
        Selected { device: Self::Cpu, fallback }
    }

    /// Computes a tiny network whose results are known and compares.
    pub fn self_test(self) -> Result<(), LoadError> {
        selftest::run(self)
    }

    /// Loads a folder's network onto this device. The one place where a backend is chosen.
    pub(crate) fn load(
        self,
        folder: &ModelFolder,
        head: Head,
    ) -> Result<Box<dyn Network>, LoadError> {
        if self != Self::Cpu || Weights::stay_blocked(&folder.path) {
            return family::load(CandleOps::open(self, &folder.path)?, folder, head);
        }
        let processor = Processor::current();
        let exact = processor.exact();
        // A score is a single number: what is lost on the way to it is not averaged. And some few numbers of each row
        // of Qwen3 are hundreds of times larger than the others.
        let may_be_narrow =
            matches!(head, Head::Pool(_)) && folder.manifest.family != Family::Qwen3;
        let narrow = match asked() {
            Asked::Bytes => Some(Numbers::Bytes),
            Asked::Nothing if processor.is_fastest_in_bytes() => Some(Numbers::Bytes),
            Asked::Nothing if exact == Numbers::Shorts && Weights::are_fours(&folder.path) => {
                Some(Numbers::Fours)
            }
            Asked::Nothing | Asked::Exact => None,
        };
        let narrow = narrow.filter(|_| may_be_narrow);
        let wanted: Vec<Numbers> = narrow.into_iter().chain([exact, Numbers::Shorts]).collect();
        let attends = trusted(&[exact]);
        match (trusted(&wanted), attends) {
            (Some(Numbers::Bytes), Some(Numbers::Halves)) => {
                family::load(PackedOps::<i8, bf16>::open()?, folder, head)
            }
            (Some(Numbers::Bytes), _) => family::load(PackedOps::<i8, i16>::open()?, folder, head),
            (Some(Numbers::Fours), _) => {
                family::load(PackedOps::<Shared, i16>::open()?, folder, head)
            }
            (Some(Numbers::Halves), _) => {
                family::load(PackedOps::<bf16, bf16>::open()?, folder, head)
            }
            (Some(Numbers::Shorts), _) => {
                family::load(PackedOps::<i16, i16>::open()?, folder, head)
            }
            (None, _) => family::load(CandleOps::open(self, &folder.path)?, folder, head),
        }
    }
}
