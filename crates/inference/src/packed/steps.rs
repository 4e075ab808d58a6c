//! What is done to rows between the products: plain loops over slices, in the form that a compiler makes good vector
//! code of. They are to be called within [`wide`].

use half::bf16;

use super::narrow::Sum;
use super::processor::Processor;

/// How many numbers are taken at once: as many as the widest vectors hold.
pub const LANES: usize = 16;

/// Runs steps with the widest vectors of the machine.
#[inline(always)]
pub fn wide<R>(steps: impl FnOnce() -> R) -> R {
    Processor::current().vectors().dispatch(steps)
}

/// Adding it leaves a number that is rounded to a whole one in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// The lanes joined, half of them with the other half.
#[inline(always)]
fn halved<T: Copy>(mut lanes: [T; LANES], join: impl Fn(T, T) -> T) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = join(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// A sum in an order that vectors can keep.
#[inline(always)]
pub fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += of(*value);
    }
    halved(lanes, |one, other| one + other)
}

/// The largest of these numbers.
#[inline(always)]
pub fn largest<T: Copy>(row: &[T], of: impl Fn(T) -> f32) -> f32 {
    let mut lanes = [f32::MIN; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    let greater = |one: f32, other: f32| if other > one { other } else { one };
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = greater(*lane, of(*value));
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane = greater(*lane, of(*value));
    }
    halved(lanes, greater)
}

/// The size of the one of these numbers that is furthest from nothing; what is no number is furthest.
#[inline(always)]
pub fn furthest(row: &[f32]) -> f32 {
    let mut lanes = [0u32; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    // Without their signs the bits of numbers are in the order of their sizes.
    let size = |value: &f32| value.to_bits() & 0x7fff_ffff;
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = size(value).max(*lane);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane = size(value).max(*lane);
    }
    f32::from_bits(halved(lanes, u32::max))
}

/// The nearest whole number, of which only the lowest sixteen bits are to be used.
#[inline(always)]
pub fn whole(value: f32) -> i32 {
    (value + ROUND).to_bits().cast_signed()
}

/// The whole numbers nearest to so many steps for each one that the numbers are above `from`.
#[inline(always)]
pub fn to_whole<T>(
    numbers: &[f32],
    from: f32,
    steps: f32,
    to: &mut [T],
    narrow: impl Fn(i32) -> T,
) {
    for (value, to) in numbers.iter().zip(to) {
        *to = narrow(whole((value - from) * steps));
    }
}

/// Each number times another.
#[inline(always)]
pub fn times(numbers: &[f32], others: &[f32], to: &mut [f32]) {
    for ((to, number), other) in to.iter_mut().zip(numbers).zip(others) {
        *to = number * other;
    }
}

#[inline(always)]
pub fn to_halves(row: &[f32], to: &mut [bf16]) {
    for (value, to) in row.iter().zip(to) {
        *to = half(*value);
    }
}

/// To the nearest, and to the even one of two that are as near.
#[inline(always)]
pub fn half(value: f32) -> bf16 {
    let bits = value.to_bits();
    bf16::from_bits((bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16)
}

/// The exact form, to within 0.00006.
#[inline(always)]
pub fn gelu(value: f32) -> f32 {
    /// Of the normal distribution's probabilities less a half, as a polynomial of the square, divided by the value:
    /// fitted so that the greatest error of the product is least between -4.5 and 4.5.
    const TERMS: [f32; 9] = [
        3.037_057_4e-11,
        -3.315_259_4e-9,
        1.591_232_5e-7,
        -4.452_231e-6,
        8.143_145e-5,
        -1.037_637_9e-3,
        9.585_399e-3,
        -6.598_507_6e-2,
        3.987_129_3e-1,
    ];
    let near = value.clamp(-4.5, 4.5);
    let square = near * near;
    let mut terms = TERMS[0];
    for term in &TERMS[1..] {
        terms = terms.mul_add(square, *term);
    }
    value * near.mul_add(terms, 0.5)
}

/// e to a power, to within a millionth of it.
#[inline(always)]
pub fn exp(power: f32) -> f32 {
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let power = power.clamp(-87.0, 88.0);
    let rounded = power.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = rounded - ROUND;
    let rest = whole.mul_add(-LN_2[1], whole.mul_add(-LN_2[0], power));
    let mut terms = 1.0f32 / 720.0;
    for term in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        terms = terms.mul_add(rest, term);
    }
    // The whole part moves the exponent.
    f32::from_bits(terms.to_bits().wrapping_add(rounded.to_bits() << 23))
}

#[inline(always)]
pub fn silu(value: f32) -> f32 {
    value / (1.0 + exp(-value))
}

/// Two to a power that is not above nothing, to within three millionths of it.
#[inline(always)]
fn exp2(power: f32) -> f32 {
    /// Of the powers between -1/2 and 1/2.
    const TERMS: [f32; 5] = [0.009_560_51, 0.055_917_04, 0.240_249_81, 0.693_121_97, 0.999_999_2];
    // What is no number stays none.
    let power = if power < -126.0 { -126.0 } else { power };
    let rounded = power + ROUND;
    let rest = power - (rounded - ROUND);
    let mut terms = TERMS[0];
    for term in &TERMS[1..] {
        terms = terms.mul_add(rest, *term);
    }
    // The whole part moves the exponent.
    f32::from_bits(terms.to_bits().wrapping_add(rounded.to_bits() << 23))
}

/// Turns scores into weights that add up to what is answered.
#[inline(always)]
pub fn soften(scores: &mut [f32], scale: f32) -> f32 {
    let most = largest(scores, |score| score);
    let scale = scale * std::f32::consts::LOG2_E;
    for score in scores.iter_mut() {
        *score = exp2((*score - most) * scale);
    }
    sum(scores, |weight| weight)
}

/// The same of scores and to weights of other kinds.
#[inline(always)]
pub fn soften_to<S: Sum, T>(
    scores: &[S],
    scale: f32,
    to: &mut [T],
    narrow: impl Fn(f32) -> T,
) -> f32 {
    let most = largest(scores, S::number);
    let scale = scale * std::f32::consts::LOG2_E;
    let mut lanes = [0.0f32; LANES];
    let (scores, rest) = scores.as_chunks::<LANES>();
    let (to, to_rest) = to.as_chunks_mut::<LANES>();
    for (scores, to) in scores.iter().zip(to) {
        for ((score, to), lane) in scores.iter().zip(to).zip(&mut lanes) {
            let weight = exp2((score.number() - most) * scale);
            *lane += weight;
            *to = narrow(weight);
        }
    }
    for ((score, to), lane) in rest.iter().zip(to_rest).zip(&mut lanes) {
        let weight = exp2((score.number() - most) * scale);
        *lane += weight;
        *to = narrow(weight);
    }
    halved(lanes, |one, other| one + other)
}

#[inline(always)]
pub fn add(to: &mut [f32], other: &[f32]) {
    to.iter_mut().zip(other).for_each(|(to, other)| *to += other);
}

/// What numbers are brought to a common size by.
pub struct Norm {
    pub gain: Vec<f32>,
    pub bias: Option<Vec<f32>>,
    pub epsilon: f32,
}

impl Norm {
    /// To each of several rows after another is added to it.
    #[inline(always)]
    pub fn apply_to_sums(&self, rows: &mut [f32], others: &[f32]) {
        let width = self.gain.len();
        for (row, other) in rows.chunks_exact_mut(width).zip(others.chunks_exact(width)) {
            add(row, other);
            self.apply(row);
        }
    }

    #[inline(always)]
    pub fn apply(&self, row: &mut [f32]) {
        let count = row.len() as f32;
        match &self.bias {
            Some(bias) => {
                let mean = sum(row, |value| value) / count;
                let spread = sum(row, |value| (value - mean) * (value - mean)) / count;
                let per = 1.0 / (spread + self.epsilon).sqrt();
                for ((value, gain), bias) in row.iter_mut().zip(&self.gain).zip(bias) {
                    *value = ((*value - mean) * per).mul_add(*gain, *bias);
                }
            }
            None => {
                let per = 1.0 / (sum(row, |value| value * value) / count + self.epsilon).sqrt();
                for (value, gain) in row.iter_mut().zip(&self.gain) {
                    *value = *value * per * gain;
                }
            }
        }
    }
}
