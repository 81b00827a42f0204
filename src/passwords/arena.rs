//! The memory that one hashing thread owns.
//!
//! It is taken at the first hash and kept while there is work: taking it for each hash was measured to cost 8 % to a
//! third more, depending on what page faults cost. A server where nobody logs in does without it.
//!
//! It is not wiped between hashes: that was measured to cost 3 ms, a tenth of a hash, and what lies in it is derived
//! from the salted password as the stored hash is. When it is given back, the operating system wipes it before anyone
//! else sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Argon2, Block};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hash::{Recipe, RecipeError};
use super::parameters::HashingParameters;
use super::password::Password;

/// Blocks of 1 KiB above which an allocation is always a mapping of its own, and goes back to the operating system
/// when it is freed (glibc's limit for that grows with use, but not above 32 MiB). What is reserved and not touched
/// takes no memory.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// Argon2's memory, and the count of the hashes made in all such memories of a hasher.
pub(super) struct Arena {
    blocks: Vec<Block>,
    usual: usize,
    done: Arc<AtomicU64>,
}

impl Arena {
    /// An arena that has no memory yet.
    pub(super) fn new(parameters: HashingParameters, done: Arc<AtomicU64>) -> Self {
        Self { blocks: Vec::new(), usual: parameters.params().block_count(), done }
    }

    /// Fills `output` with what Argon2 makes of the password and `salt`. Fails if their lengths do not suit it.
    pub(super) fn compute(
        &mut self,
        argon2: &Argon2<'_>,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), argon2::Error> {
        self.provide(argon2.params().block_count());
        let computed =
            argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut self.blocks);
        if computed.is_ok() {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        if self.blocks.len() > self.usual {
            self.release();
        }
        computed
    }

    /// Tells whether `password` gives the output that `recipe` expects.
    pub(super) fn reproduces(&mut self, recipe: &Recipe, password: &Password) -> Result<bool, RecipeError> {
        let mut output = Zeroizing::new(vec![0; recipe.output.len()]);
        self.compute(&recipe.argon2(), password, &recipe.salt, &mut output).map_err(|_| RecipeError::Unreadable)?;
        Ok(output.ct_eq(recipe.output.as_ref()).into())
    }

    /// Gives the memory back, until the next hash.
    pub(super) fn release(&mut self) {
        self.blocks = Vec::new();
    }

    /// How many KiB it holds at present.
    #[cfg(test)]
    pub(super) fn held_kib(&self) -> usize {
        self.blocks.len()
    }

    fn provide(&mut self, blocks: usize) {
        let blocks = blocks.max(self.usual);
        if self.blocks.len() < blocks {
            self.release();
            self.blocks.reserve_exact(blocks.max(MAPPED_BLOCKS));
            #[cfg(target_os = "linux")]
            ask_for_huge_pages(&mut self.blocks);
            self.blocks.resize(blocks, Block::new());
        }
    }
}

/// Asks Linux for pages of 2 MiB, where it is set up to give them to those who ask: Argon2 reads at random places, and
/// the processor remembers where a few large pages lie, but not 5,000 small ones. A refusal changes nothing but speed.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "no crate offers this advice for memory that others allocated")]
fn ask_for_huge_pages(memory: &mut Vec<Block>) {
    use rustix::mm::{Advice, madvise};

    let page = rustix::param::page_size();
    let reserved = memory.spare_capacity_mut().as_mut_ptr_range();
    let within_first_page = reserved.start.addr() % page;
    let start = reserved.start.wrapping_byte_sub(within_first_page);
    let length = reserved.end.addr() - start.addr();
    // SAFETY: the pages are mapped, as the vector owns a part of each. This advice leaves what they hold and whether they
    // can be read and written as it was, also for others who own the rest of the first and the last page.
    let _ = unsafe { madvise(start.cast(), length, Advice::LinuxHugepage) };
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The flags of the mapping in which `address` lies, as `/proc/self/smaps` tells them.
    fn mapping_flags(address: usize) -> String {
        let smaps = fs::read_to_string("/proc/self/smaps").expect("Linux tells about a process's memory");
        let begins_it = |line: &&str| {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            range.is_some_and(|(start, end)| {
                let bounds = [start, end].map(|bound| usize::from_str_radix(bound, 16));
                matches!(bounds, [Ok(start), Ok(end)] if (start..end).contains(&address))
            })
        };
        let mut rest = smaps.lines().skip_while(|line| !begins_it(line));
        rest.find_map(|line| line.strip_prefix("VmFlags:")).expect("every mapping has flags").to_owned()
    }

    #[test]
    fn its_memory_may_lie_in_huge_pages() {
        if !Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            eprintln!("not tested: this kernel has no huge pages");
            return;
        }
        let mut arena = Arena::new(HashingParameters::default(), Arc::default());
        arena.provide(1);
        let first = arena.blocks.as_ptr().addr();
        let last = arena.blocks.last().map(|block| std::ptr::from_ref(block).addr()).expect("it has memory");
        for address in [first, last] {
            assert!(mapping_flags(address).contains(" hg"), "{}", mapping_flags(address));
        }
    }
}
