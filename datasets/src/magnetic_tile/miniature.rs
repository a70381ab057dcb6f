//! Few small tiles in the layout of the release.

use super::release::{DEFECTS, EXPOSURES, NORMAL};
use crate::miniature::{save, specimens_with, under_light};
use harness::prelude::*;
use image::DynamicImage;
use std::path::Path;

/// Numbers from one scene to the next: each is a session of its own.
const APART: u32 = 1000;

/// Every scene at every exposure; which normal ones are learnt from follows from their numbers.
pub(super) fn write(folder: &Path) -> Result<(), DataError> {
    let mut defects = DEFECTS.into_iter();
    for (scene, specimen) in (1_u32..).zip(specimens_with(1, DEFECTS.len())?) {
        let Sample { image, mask } = specimen.sample;
        let kind = mask.as_ref().and_then(|_| defects.next()).unwrap_or(NORMAL);
        for exposure in EXPOSURES {
            let name = format!("{kind}/Imgs/exp{exposure}_num_{}", scene * APART + 20 * exposure);
            let light = 0.4 + 0.1 * exposure as f32;
            let grey = DynamicImage::from(under_light(&image, [light; 3])).into_luma8();
            save(&folder.join(&name).with_extension("jpg"), &grey.into())?;
            // The release has black masks of normal tiles, too.
            let mask = mask.clone().unwrap_or_else(|| GrayImage::new(image.width(), image.height()));
            save(&folder.join(&name).with_extension("png"), &mask.into())?;
        }
    }
    Ok(())
}
