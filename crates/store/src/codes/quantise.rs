//! Vectors as bytes: how they are rounded, and the product of two. The only place that knows the
//! library whose kernels use what the processor offers.

use numkong::Dot;

/// Rows begin at addresses that a vector register can be filled from at once.
pub(super) const ALIGNMENT: usize = 64;

/// The length of a row of this many dimensions, its padding counted.
pub(super) fn stride(dimensions: usize) -> usize {
    dimensions.next_multiple_of(ALIGNMENT)
}

/// Rounds a vector to bytes, its greatest value to ±127, and gives what to multiply them by to have
/// it back. `None` where a value is not a number.
pub(super) fn quantise(vector: &[f32], to: &mut Vec<i8>) -> Option<f32> {
    let greatest = vector.iter().fold(0f32, |greatest, value| greatest.max(value.abs()));
    if !vector.iter().all(|value| value.is_finite()) {
        return None;
    }
    let inverse = if greatest > 0.0 { 127.0 / greatest } else { 0.0 };
    to.extend(vector.iter().map(|value| (value * inverse).round() as i8));
    Some(greatest / 127.0)
}

/// The product of two rows, exact: the sum of 127·127 stays within an `i32` up to 133,000 dimensions.
#[inline]
pub(super) fn product(left: &[i8], right: &[i8]) -> i32 {
    // The library's kernel for some processors gives a number for no numbers at all.
    if left.is_empty() {
        return 0;
    }
    // Only rows of one matrix and a query of its dimensions come here, so lengths are equal.
    i8::dot(left, right).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_within_half_a_step() {
        let check = |vector: &[f32]| {
            let mut codes = Vec::new();
            let scale = quantise(vector, &mut codes).unwrap();
            for (code, value) in codes.iter().zip(vector) {
                let back = f32::from(*code) * scale;
                assert!((back - value).abs() <= scale * 0.501, "{value} came back as {back}");
            }
        };
        check(&[]);
        check(&[0.0, 0.0]);
        check(&[1.0, -1.0, 0.5, 0.003]);
        check(&[1e-30, -2e-30]);
        check(&[-3e30, 1e30]);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(quantise(&[0.5, bad], &mut Vec::new()), None);
        }
    }

    #[test]
    fn products_are_exact() {
        for length in [0, 1, 31, 64, 65, 384, 1000, 4096] {
            let mut seed = 7u32;
            let mut byte = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 24) as u8 as i8).max(-127)
            };
            let left: Vec<i8> = (0..length).map(|_| byte()).collect();
            let right: Vec<i8> = (0..length).map(|_| byte()).collect();
            let expected: i32 =
                left.iter().zip(&right).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            assert_eq!(product(&left, &right), expected, "{length}");
            let extreme = vec![-127i8; length];
            assert_eq!(product(&extreme, &extreme), 127 * 127 * length as i32);
        }
    }
}
