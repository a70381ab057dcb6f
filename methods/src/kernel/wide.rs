//! Loops compiled twice: for every processor, and for those with 256-bit registers.
//!
//! `pulp`, which does the same for pictures without unsafe code, gives the same bits; but through it sums took a quarter
//! longer, and the transformations of Winograd's convolution twice as long.

/// Does `work`, in the form compiled for AVX2 where the processor has it. The arithmetic is the same: products and
/// sums are not fused, so results agree bit for bit.
#[inline(always)]
pub fn wide<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor was just asked.
            #[allow(unsafe_code)]
            return unsafe { with_avx2(work) };
        }
    }
    work()
}
