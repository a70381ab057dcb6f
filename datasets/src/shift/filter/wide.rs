//! Loops compiled for the widest registers of the processor that runs them.

/// Runs `work`, which must be `#[inline(always)]` like all that is hot in it: only what is inlined is compiled
/// for AVX2 or AVX-512. The arithmetic does not depend on the width, nor do results.
///
/// `pulp` calls its argument through `FnOnce`. For a closure that could be called twice that is a function of
/// its own, which is not inlined; the closure here gives `work` away, and so cannot.
pub(in crate::shift) fn wide<R>(work: impl FnMut() -> R) -> R {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        move || {
            let mut work = work;
            work()
        },
    )
}
