//! Loops compiled for the widest registers of the processor that runs them.

/// Does `work`, in the form compiled for AVX2 where the processor has it. The arithmetic is the same: products and
/// sums are not fused, so results agree bit for bit.
///
/// The closure gives `work` away, and so cannot be called twice: `pulp` would call one that could through a function of
/// its own, which is not inlined, and only what is inlined is compiled for wide registers.
#[inline(always)]
pub fn wide<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        move || work(),
    )
}
