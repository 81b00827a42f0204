//! `argon2-rust`: uses AVX-512, AVX2, SSE2 or NEON, depending on the processor.

use argon2::Algorithm as Variant;
use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Algorithm, Argon2, Error, Hasher, Params, Version};

use super::argon2_core::{Argon2Core, ComputeError};
use crate::passwords::method::Method;

/// Keeps its memory as `argon2-rust` does: in a mapping of its own, on Linux in pages of 2 MiB if the kernel allows
/// them on request. The memory is wiped after each hash.
pub(in crate::passwords) struct Fastest(Hasher);

impl Default for Fastest {
    fn default() -> Self {
        Self(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT).hasher())
    }
}

impl Argon2Core for Fastest {
    fn compute(
        &mut self,
        method: &Method,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), ComputeError> {
        self.0.set_argon2(translate(method, output.len())?);
        Ok(self.0.hash_into_with_ad(password, salt, &[], method.params.data(), output)?)
    }

    fn release(&mut self) {
        self.0.clear();
    }

    fn held_kib(&self) -> usize {
        self.0.reserved_blocks()
    }
}

fn translate(method: &Method, output_bytes: usize) -> Result<Argon2, Error> {
    let algorithm = match method.algorithm {
        Variant::Argon2d => Algorithm::Argon2d,
        Variant::Argon2i => Algorithm::Argon2i,
        Variant::Argon2id => Algorithm::Argon2id,
    };
    let version = match method.version {
        argon2::Version::V0x10 => Version::V0x10,
        argon2::Version::V0x13 => Version::V0x13,
    };
    let params = Params::builder()
        .memory(Memory::kib(method.params.m_cost().into()))
        .passes(method.params.t_cost())
        .lanes(method.params.p_cost())
        // A hashing thread uses one thread only; the number of threads does not change the result.
        .threads(1)
        .tag_len(TagLen::bytes(output_bytes as u64))
        .build()?;
    Ok(Argon2::new(algorithm, version, params))
}

impl From<Error> for ComputeError {
    fn from(error: Error) -> Self {
        match error {
            Error::MemoryAllocationError => Self::OutOfMemory,
            _ => Self::Unsuitable,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::passwords::parameters::HashingParameters;

    #[test]
    fn its_memory_may_lie_in_huge_pages() {
        if !Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            eprintln!("not tested: this kernel has no huge pages");
            return;
        }
        let method = HashingParameters::RECOMMENDED.method();
        let mut fastest = Fastest::default();
        fastest.compute(&method, b"Kettle-Harbor-42", &[7; 16], &mut [0; 32]).expect("the lengths suit Argon2");
        let smaps = fs::read_to_string("/proc/self/smaps").expect("Linux tells about a process's memory");
        let sizes = smaps.lines().filter_map(|line| line.strip_prefix("Size:"));
        let sizes = sizes.map(|size| size.trim().trim_end_matches(" kB").parse::<usize>().expect("a size in KiB"));
        let flags = smaps.lines().filter_map(|line| line.strip_prefix("VmFlags:"));
        let mut mappings = sizes.zip(flags);
        assert!(mappings.any(|(kib, flags)| kib >= fastest.held_kib() && flags.contains(" hg")));
    }
}
