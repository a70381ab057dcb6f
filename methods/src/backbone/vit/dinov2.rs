//! The networks of DINOv2, and a toy.

use super::VisionTransformer;
use super::plan::Plan;
use crate::backbone::{backbone, published};

/// ViT-S/14, trained on pictures of 518 pixels.
const SMALL: Plan = Plan { width: 384, depth: 12, heads: 6, patch: 14, grid: 37, registers: 0 };
/// ViT-B/14.
const BASE: Plan = Plan { width: 768, heads: 12, ..SMALL };
/// ViT-S/14 with registers.
const SMALL_REGISTERS: Plan = Plan { registers: 4, ..SMALL };
/// ViT-B/14 with registers.
const BASE_REGISTERS: Plan = Plan { registers: 4, ..BASE };
/// A toy for smoke tests.
pub const TINY: Plan = Plan { width: 24, depth: 4, heads: 3, patch: 14, grid: 3, registers: 1 };

backbone! {
    Tokens {
        name: "dinov2_vits14",
        summary: "vision transformer ViT-S/14 of DINOv2: the teacher of AnomalyDINO",
        source: "Oquab et al., TMLR 2024",
        weights_file: "dinov2_vits14_pretrain.pth",
        resource: Some(&published::VITS14),
        build: |p, d| Box::new(VisionTransformer::load(SMALL, p, d)),
    }
}
backbone! {
    Tokens {
        name: "dinov2_vitb14",
        summary: "vision transformer ViT-B/14 of DINOv2",
        source: "Oquab et al., TMLR 2024",
        weights_file: "dinov2_vitb14_pretrain.pth",
        resource: Some(&published::VITB14),
        build: |p, d| Box::new(VisionTransformer::load(BASE, p, d)),
    }
}
backbone! {
    Tokens {
        name: "dinov2_vits14_reg",
        summary: "vision transformer ViT-S/14 of DINOv2 with four registers",
        source: "Darcet et al., ICLR 2024",
        weights_file: "dinov2_vits14_reg4_pretrain.pth",
        resource: Some(&published::VITS14_REG),
        build: |p, d| Box::new(VisionTransformer::load(SMALL_REGISTERS, p, d)),
    }
}
backbone! {
    Tokens {
        name: "dinov2_vitb14_reg",
        summary: "vision transformer ViT-B/14 of DINOv2 with four registers: the teacher of Dinomaly",
        source: "Darcet et al., ICLR 2024",
        weights_file: "dinov2_vitb14_reg4_pretrain.pth",
        resource: Some(&published::VITB14_REG),
        build: |p, d| Box::new(VisionTransformer::load(BASE_REGISTERS, p, d)),
    }
}
backbone! {
    Tokens {
        name: "tiny_vit",
        summary: "a vision transformer of four blocks, random weights only: for smoke tests, not for results",
        source: "shiftbench",
        weights_file: "",
        resource: None,
        build: |p, d| Box::new(VisionTransformer::load(TINY, p, d)),
    }
}
