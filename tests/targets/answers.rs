//! What a worker answers. One that a file has taken over may say anything, and its parent must not
//! mind: it is heard out as the parent would, and what it gave is cut as any document is.

use kenning_documents::{Sizes, heard};

use crate::targets::cutting::{PerWord, must_hold};
use crate::targets::reading::limits;

pub fn answers(bytes: &[u8]) {
    for document in heard(bytes, &limits()) {
        must_hold(&document, &PerWord(4), Sizes { most: 12, overlap: 3 });
    }
}
