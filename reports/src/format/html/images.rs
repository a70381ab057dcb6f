//! Figures and heat maps, all inside the page.

use crate::{Picture, ReportError, Section};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, ImageReader};
use maud::{Markup, PreEscaped, html};
use std::io::Cursor;

/// The figures of a section, as drawings on white cards.
///
/// # Errors
/// When a figure cannot be drawn.
pub(super) fn figures(section: &Section) -> Result<Markup, ReportError> {
    let drawn = section.figures.iter().map(|figure| Ok((figure, inline(&figure.svg()?, &figure.caption))));
    let drawn = drawn.collect::<Result<Vec<_>, ReportError>>()?;
    Ok(html! {
        @for (figure, svg) in drawn {
            figure id={ "figure-" (figure.name) } {
                div.card tabindex="0" role="region" aria-label=(figure.name) { (svg) }
                figcaption { (figure.caption) }
            }
        }
    })
}

/// A drawing as a part of the page, named for those who do not see it. Within a page it needs no name
/// space.
fn inline(svg: &str, caption: &str) -> Markup {
    let name = html! { svg role="img" aria-label=(caption) {} }.into_string();
    let name = name.trim_end_matches("></svg>");
    PreEscaped(svg.replacen("<svg", name, 1).replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1))
}

/// The heat maps of a section; the script enlarges them.
pub(super) fn gallery(section: &Section) -> Markup {
    html! {
        div.gallery {
            @for picture in &section.pictures {
                figure id={ "picture-" (picture.name) } {
                    div.card tabindex="0" role="region" aria-label=(picture.name) { (raster(picture)) }
                    figcaption { (picture.caption) }
                }
            }
        }
    }
}

fn raster(picture: &Picture) -> Markup {
    let size = ImageReader::with_format(Cursor::new(&picture.png), ImageFormat::Png).into_dimensions();
    let (width, height) = size.ok().unzip();
    let address = format!("data:image/png;base64,{}", STANDARD.encode(&picture.png));
    html! { img.zoom src=(address) alt=(picture.caption) width=[width] height=[height]; }
}
