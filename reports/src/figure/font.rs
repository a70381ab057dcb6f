//! The type of every figure and picture.

use plotters::style::{FontStyle, register_font};
use std::sync::Once;

/// The bundled font, then what a viewer of the SVG file may have instead.
pub(crate) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Makes [`FONT`] known to the drawing library.
pub(crate) fn load_font() {
    static LOADED: Once = Once::new();
    LOADED.call_once(|| {
        // A font that cannot be read is reported by the first text drawn with it.
        let _ = register_font(FONT, FontStyle::Normal, include_bytes!("../../assets/DejaVuSans.ttf"));
    });
}
