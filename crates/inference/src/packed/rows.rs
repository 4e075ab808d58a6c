//! Rows of numbers, in memory that is used again and again.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use super::linear::Levels;
use super::narrow::Worth;

/// Memory that nobody uses now. What is taken from it holds whatever was in it: it is there to be written.
pub struct Spare<T>(Mutex<Vec<Vec<T>>>);

impl<T> Default for Spare<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Copy + Default> Spare<T> {
    pub fn take(self: &Arc<Self>, length: usize) -> Buffer<T> {
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = spare.iter().rposition(|buffer| buffer.len() >= length);
        let mut values = match fitting {
            Some(at) => spare.swap_remove(at),
            None => spare.pop().unwrap_or_default(),
        };
        drop(spare);
        if values.len() < length {
            values.resize(length, T::default());
        }
        Buffer { values, length, home: Arc::clone(self) }
    }
}

/// Some of it, given back when it is dropped.
pub struct Buffer<T> {
    values: Vec<T>,
    length: usize,
    home: Arc<Spare<T>>,
}

/// So many are kept at most, as many as are in use at once, and none that only a very long text needed.
const KEPT: usize = 32;
const LONGEST_KEPT: usize = 1 << 20;

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        let mut spare = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < KEPT && self.values.len() <= LONGEST_KEPT {
            spare.push(std::mem::take(&mut self.values));
        }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values[..self.length]
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values[..self.length]
    }
}

/// Rows as they are, or narrowed for the next product.
pub struct Rows<T> {
    pub count: usize,
    pub width: usize,
    pub values: Values<T>,
}

pub enum Values<T> {
    Whole(Buffer<f32>),
    Narrow(Narrowed<T>),
}

/// Rows narrowed for weights of certain levels, and what each row's numbers are worth.
pub struct Narrowed<T> {
    pub values: Buffer<T>,
    pub worth: Buffer<Worth>,
    pub levels: Option<Levels>,
}
