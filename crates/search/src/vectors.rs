//! The little arithmetic on vectors that comparing a few hundred hits takes.

/// Apart so that the compiler may add them side by side.
const LANES: usize = 16;

pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0_f32; LANES];
    let (a_lanes, a_rest) = a.as_chunks::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_and_the_rest_are_all_counted() {
        for length in [0, 1, 15, 16, 17, 40] {
            let counted: Vec<f32> = (0..length).map(|number| number as f32).collect();
            let expected: f32 = (0..length).map(|number| (number * number) as f32).sum();
            assert_eq!(dot(&counted, &counted), expected, "{length}");
        }
    }
}
