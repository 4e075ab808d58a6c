//! The packed operations against their definitions, at sizes that end within and beyond blocks, panels and vectors.

use proptest::prelude::*;

use super::narrow::Worth;
use super::steps::{exp, half, soften};
use super::*;
use crate::definition::{by_definition, numbers};

fn rows<T: Narrow, A: Attends>(ops: &PackedOps<T, A>, numbers: &[f32], width: usize) -> Rows<T> {
    let mut values = ops.whole.take(numbers.len());
    values.copy_from_slice(numbers);
    ops.rows(values, width)
}

/// Threads to compute on.
fn asked() -> Arc<rayon::ThreadPool> {
    pool::pool(Urgency::Query).unwrap()
}

/// The largest difference in parts of the largest number.
fn apart(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(1e-6f32, |most, number| most.max(number.abs()));
    found.iter().zip(expected).fold(0.0, |most: f32, (a, b)| most.max((a - b).abs())) / size
}

fn product(weight: &[f32], bias: &[f32], rows: &[f32], depth: usize) -> Vec<f32> {
    let of_row = |row: &[f32]| {
        let columns: Vec<f32> = weight
            .chunks_exact(depth)
            .zip(bias)
            .map(|(column, bias)| row.iter().zip(column).map(|(a, b)| a * b).sum::<f32>() + bias)
            .collect();
        columns
    };
    rows.chunks_exact(depth).flat_map(of_row).collect()
}

/// Weights of sixteen sizes, of which those that share a step have the least.
fn fours(count: usize, seed: u64) -> Vec<f32> {
    let four = |number: f32| (number * 8.0).round().clamp(-8.0, 7.0) / 8.0;
    let mut made: Vec<f32> = numbers(count, seed).into_iter().map(four).collect();
    made.iter_mut().step_by(7).for_each(|number| *number = -1.0);
    made
}

/// Everything that a layer does with products, in one kind of numbers.
fn layer<T: Narrow>(
    [count, depth, columns]: [usize; 3],
    weights: impl Fn(usize, u64) -> Vec<f32>,
    within: f32,
) {
    let ops = PackedOps::<T, i16>::open().unwrap();
    let (weight, bias) = (weights(columns * depth, 1), numbers(columns, 2));
    let (back, back_bias) = (weights(columns * depth, 3), numbers(depth, 4));
    let given = numbers(count * depth, 5);
    asked().install(|| {
        let up = ops.load_linear(stored(&weight, columns), Some(bias.clone())).unwrap();
        let down = ops.load_linear(stored(&back, depth), Some(back_bias.clone())).unwrap();
        let input = rows(&ops, &given, depth);
        let plain = product(&weight, &bias, &given, depth);
        let found = ops.read(&ops.linear(&up, &input).unwrap()).unwrap();
        assert!(apart(&found, &plain) < within, "{count} × {depth} × {columns}");
        let [one, other] = ops.linears([&up, &up], &input).unwrap();
        assert_eq!(ops.read(&one).unwrap(), found);
        assert_eq!(ops.read(&other).unwrap(), found);

        let wide: Vec<f32> = plain.iter().map(|value| gelu(*value)).collect();
        let expected = product(&back, &back_bias, &wide, columns);
        let wide = ops.linear_gelu(&up, &input, &down).unwrap();
        // The rows that settled its levels were not narrowed; these are.
        ops.linear(&down, &wide).unwrap();
        let wide = ops.linear_gelu(&up, &input, &down).unwrap();
        assert!(matches!(wide.values, Values::Narrow(_)));
        let found = ops.linear_add(&down, &wide, rows(&ops, &given, depth)).unwrap();
        let summed: Vec<f32> = expected.iter().zip(&given).map(|(a, b)| a + b).collect();
        assert!(apart(&ops.read(&found).unwrap(), &summed) < 2.0 * within);
        let norm = ops.load_norm(vec![1.5; depth], Some(vec![0.25; depth]), 1e-6).unwrap();
        let normed = ops.linear_add_norm(&down, &wide, &input, &norm).unwrap();
        let twice = ops.norm(&norm, &found).unwrap();
        assert!(apart(&ops.read(&normed).unwrap(), &ops.read(&twice).unwrap()) < 1e-5);

        let gates: Vec<f32> = plain.iter().map(|value| value * silu(*value)).collect();
        let expected = product(&back, &back_bias, &gates, columns);
        let gates = ops.gated(&up, &up, &input, &down).unwrap();
        let found = ops.read(&ops.linear(&down, &gates).unwrap()).unwrap();
        assert!(apart(&found, &expected) < 2.0 * within);
    });
}

#[test]
fn products_in_narrow_numbers_are_products() {
    for sizes in [[1, 32, 64], [3, 40, 200], [16, 384, 130], [65, 64, 128], [200, 33, 7]] {
        layer::<i16>(sizes, numbers, 0.001);
        layer::<Shared>(sizes, fours, 0.01);
        if bf16::kernels().is_some() {
            layer::<bf16>(sizes, numbers, 0.01);
        }
        if i8::kernels().is_some() {
            layer::<i8>(sizes, numbers, 0.03);
        }
    }
}

#[test]
fn attention_is_attention_short_and_long_and_for_one_row() {
    attention::<i16>(0.002);
    if bf16::kernels().is_some() {
        attention::<bf16>(0.01);
    }
}

fn attention<T: Attends>(within: f32) {
    let ops = PackedOps::<T, T>::open().unwrap();
    for (queries, keys, width) in [(6, 2, 4), (4, 4, 32), (2, 1, 64), (2, 2, 128), (3, 3, 48)] {
        let heads = Heads { queries, keys, width };
        for lengths in [&[3, 3, 1, 17, 5][..], &[16, 33, 95, 96, 97], &[250], &[1]] {
            let mut batch = Batch::default();
            lengths.iter().for_each(|&length| batch.push(&vec![0; length]));
            let count: usize = lengths.iter().sum();
            let sides = [(queries, 1), (keys, 2), (keys, 3)]
                .map(|(heads, seed)| numbers(count * heads * width, seed));
            let plain = sides.each_ref().map(Vec::as_slice);
            let given = |side: usize, heads: usize| rows(&ops, plain[side], heads * width);
            let [query, key, value] = [given(0, queries), given(1, keys), given(2, keys)];
            for sight in [Sight::All, Sight::Past] {
                let expected = by_definition(plain, heads, &batch.spans(), sight);
                let spans = batch.spans();
                let attend = || ops.attention(&query, &key, &value, heads, &spans, sight).unwrap();
                let found = ops.read(&asked().install(attend)).unwrap();
                let apart = apart(&found, &expected);
                assert!(apart < within, "{heads:?}, {lengths:?}, {sight:?}: {apart}");
                let chosen = ops.select(&query, &batch.last_rows()).unwrap();
                let spans = batch.spans_of_single_rows();
                let attend = || ops.attention(&chosen, &key, &value, heads, &spans, sight).unwrap();
                let found = ops.read(&asked().install(attend)).unwrap();
                let last = batch.last_rows().into_iter().flat_map(|row| {
                    let row = row as usize * queries * width;
                    expected[row..row + queries * width].to_vec()
                });
                assert!(self::apart(&found, &last.collect::<Vec<_>>()) < within);
            }
        }
    }
}

#[test]
fn what_this_machine_computes_in_comes_out_right() {
    for numbers in [Processor::current().exact(), Numbers::Bytes, Numbers::Fours, Numbers::Shorts] {
        assert_eq!(trusted(&[numbers]), Some(numbers));
    }
}

#[test]
fn a_few_large_channels_do_not_take_the_steps_from_the_others() {
    let (count, depth, columns) = (40, 64, 48);
    let ops = PackedOps::<i8, i16>::open().unwrap();
    let mut given = numbers(count * depth, 1);
    given.chunks_exact_mut(depth).for_each(|row| row[7] *= 200.0);
    let mut weight = numbers(columns * depth, 2);
    weight.chunks_exact_mut(depth).for_each(|column| column[7] /= 200.0);
    let bias = vec![0.0; columns];
    let expected = product(&weight, &bias, &given, depth);
    asked().install(|| {
        let levelled = ops.load_linear(stored(&weight, columns), None).unwrap();
        let input = rows(&ops, &given, depth);
        let off = apart(&ops.read(&ops.linear(&levelled, &input).unwrap()).unwrap(), &expected);
        // Settled by rows whose channels are alike, it is not levelled for these.
        let other = ops.load_linear(stored(&weight, columns), None).unwrap();
        ops.linear(&other, &rows(&ops, &numbers(count * depth, 3), depth)).unwrap();
        let other = apart(&ops.read(&ops.linear(&other, &input).unwrap()).unwrap(), &expected);
        assert!(off * 2.0 < other, "{off} levelled, {other} not");
    });
}

#[test]
fn rows_that_were_narrowed_for_another_product_are_refused() {
    let ops = PackedOps::<i8, i16>::open().unwrap();
    let input = rows(&ops, &numbers(4 * 32, 1), 32);
    let [one, two, next] = [1, 2, 3].map(|seed| {
        let linear = ops.load_linear(stored(&numbers(32 * 32, seed), 32), None).unwrap();
        ops.linear(&linear, &input).unwrap();
        linear
    });
    let narrowed = ops.linear_gelu(&one, &input, &next).unwrap();
    assert!(ops.linear(&next, &narrowed).is_ok());
    assert!(ops.linear(&two, &narrowed).is_err());
}

#[test]
fn parts_of_a_batch_are_the_batch() {
    let mut batch = Batch::default();
    [300, 1, 200, 30, 600, 5].iter().for_each(|&length| batch.push(&vec![7; length]));
    let parts = batch.parts(512);
    let lengths: Vec<Vec<usize>> =
        parts.iter().map(|part| part.texts.iter().map(Range::len).collect()).collect();
    assert_eq!(lengths, [vec![300, 1, 200], vec![30], vec![600], vec![5]]);
    assert_eq!(parts[1].positions, (0..30).collect::<Vec<u32>>());
}

proptest! {
    #[test]
    fn shorts_are_within_half_a_step(row in prop::collection::vec(-1e6f32..1e6, 1..80)) {
        let mut shorts = vec![0; row.len()];
        let step = i16::narrow(&row, &mut shorts).step;
        for (value, short) in row.iter().zip(&shorts) {
            prop_assert!((f32::from(*short) * step - value).abs() <= 0.501 * step, "{value} {short} {step}");
        }
    }

    #[test]
    fn no_product_in_shorts_is_too_large(column in prop::collection::vec(-1.0f32..1.0, 1..3000)) {
        let steps = i16::steps_of_column(&column);
        let mut shorts = vec![0; column.len()];
        i16::narrow_column(steps, &column, &mut shorts);
        let most = shorts.iter().map(|short| i64::from(*short).abs()).sum::<i64>() * 8191;
        prop_assert!(most <= i64::from(i32::MAX), "{most}");
        let largest = column.iter().map(|value| value.abs() * steps).fold(0.0, f32::max);
        prop_assert!(largest <= f32::from(i16::MAX) + 0.5, "{largest}");
    }

    #[test]
    fn bytes_are_within_half_a_step(row in prop::collection::vec(-1e6f32..1e6, 1..80)) {
        let within = |byte: f32, value: f32, worth: Worth| {
            (byte.mul_add(worth.step, worth.least) - value).abs() <= 0.501 * worth.step + 0.2
        };
        let mut signed = vec![0i8; row.len()];
        let worth = i8::narrow(&row, &mut signed);
        for (value, byte) in row.iter().zip(&signed) {
            prop_assert!(within(f32::from(*byte), *value, worth), "{value} {byte} {worth:?}");
        }
    }

    #[test]
    fn bytes_that_share_a_step_are_within_half_of_it(row in prop::collection::vec(-1e6f32..1e6, 1..80)) {
        let mut shared = vec![Shared::default(); Shared::length(row.len())];
        Shared::narrow(&row, &mut shared);
        for (numbers, shared) in row.chunks(32).zip(&shared) {
            let size = numbers.iter().fold(0.0f32, |most, number| most.max(number.abs()));
            for (number, found) in numbers.iter().zip(shared.numbers()) {
                prop_assert!((found - number).abs() <= 0.502 / 127.0 * size, "{number} {found}");
            }
        }
    }

    #[test]
    fn weights_of_four_bits_are_what_they_were(column in prop::collection::vec((-8i8..8, 0usize..32), 1..100), step in 1e-3f32..1e3) {
        let mut numbers: Vec<f32> = column.iter().map(|(number, _)| f32::from(*number) * step).collect();
        for chunk in numbers.chunks_mut(32) {
            let least = column[0].1 % chunk.len();
            chunk[least] = -8.0 * step;
        }
        let mut shared = vec![Shared::default(); Shared::length(numbers.len())];
        Shared::narrow_column(1.0, &numbers, &mut shared);
        for (numbers, shared) in numbers.chunks(32).zip(&shared) {
            for (number, found) in numbers.iter().zip(shared.numbers()) {
                prop_assert!((found - number).abs() <= 1e-6 * step, "{number} {found}");
            }
        }
    }

    #[test]
    fn halves_are_the_nearest(value in prop::num::f32::NORMAL) {
        prop_assert_eq!(half(value), bf16::from_f32(value));
    }

    #[test]
    fn powers_and_activations_are_near_their_definitions(value in -80.0f32..80.0) {
        let exact = f64::from(value).exp();
        prop_assert!((f64::from(exp(value)) / exact - 1.0).abs() < 2e-6);
        let exact = f64::from(value) / (1.0 + (-f64::from(value)).exp());
        prop_assert!((f64::from(silu(value)) - exact).abs() < 1e-5 * exact.abs().max(1.0));
        let small = value / 10.0;
        let exact = f64::from(candle_core::Tensor::new(&[small], &candle_core::Device::Cpu)
            .and_then(|one| one.gelu_erf()).and_then(|one| one.to_vec1::<f32>()).unwrap()[0]);
        prop_assert!((f64::from(gelu(small)) - exact).abs() < 1e-4, "{small}");
    }

    #[test]
    fn weights_of_scores_are_softmax(scores in prop::collection::vec(-30.0f32..30.0, 1..100)) {
        let most = scores.iter().fold(f32::MIN, |most, score| most.max(*score));
        let exact: Vec<f32> = scores.iter().map(|score| ((score - most) * 0.5).exp()).collect();
        let mut weights = scores.clone();
        let total = soften(&mut weights, 0.5);
        prop_assert!(apart(&weights, &exact) < 1e-5);
        prop_assert!((total / exact.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let mut halves = vec![bf16::ZERO; scores.len()];
        let same = bf16::soften(&scores, 0.5, &mut halves);
        prop_assert!((same / total - 1.0).abs() < 1e-5);
        let halves: Vec<f32> = halves.into_iter().map(bf16::to_f32).collect();
        prop_assert!(apart(&halves, &exact) < 0.005);
    }
}

#[test]
fn what_is_no_number_stays_none() {
    for fault in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut row = numbers(40, 1);
        row[37] = fault;
        assert!(!i16::narrow(&row, &mut [0; 40]).step.is_finite(), "{fault}");
        assert!(!i8::narrow(&row, &mut [0; 40]).least.is_finite(), "{fault}");
        let mut shared = [Shared::default(); 2];
        Shared::narrow(&row, &mut shared);
        let mut with_ones = 0.0;
        shared.iter().for_each(|own| own.numbers().for_each(|number| with_ones += number));
        assert!(!with_ones.is_finite(), "{fault}");
        let total = soften(&mut row.clone(), 0.5);
        let is_weighed = fault == f32::NEG_INFINITY;
        assert_eq!(total.is_finite(), is_weighed, "{fault}");
    }
}
