//! Plugins for tests: a method with faults, and a shift that does nothing.

use harness::prelude::*;

/// What plugins for tests give as their paper.
pub const SOURCE: &str = "none: for tests";

/// Side of its pictures and maps.
const SIDE: u32 = super::SIDE;

/// A method with a fault of each kind, chosen by its option.
pub struct Faulty {
    pub fault: String,
    pub loaded: bool,
}

options! {
    pub struct FaultyOptions {
        /// Which fault.
        fault: String = String::new() => training(),
    }
}

impl Detector for Faulty {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(SIDE)
    }

    fn fit(&mut self, _train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        match self.fault.as_str() {
            "error" => Err(DetectorError::Training("the loss is not finite at step 3".into())),
            "steps" => {
                (context.progress)(3, 3, None);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn load(&mut self, _folder: &std::path::Path) -> Result<(), DetectorError> {
        self.loaded = true;
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        if !self.loaded {
            return Err(DetectorError::Scoring("the state was not saved and loaded before".into()));
        }
        let score = if self.fault == "nan" { f32::NAN } else { 1.0 };
        let side = if self.fault == "map" { 7 } else { SIDE };
        let map = AnomalyMap { width: side, height: side, values: vec![0.0; (side * side) as usize] };
        let mut anomalies: Vec<_> =
            pictures.iter().map(|_| Anomaly { score, map: Some(map.clone()) }).collect();
        if self.fault == "length" {
            anomalies.pop();
        }
        Ok(anomalies)
    }
}

impl DetectorPlugin for Faulty {
    const NAME: &'static str = "faulty";
    const SUMMARY: &'static str = "has a fault, for tests";
    const PAPER: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = FaultyOptions;

    fn build(options: FaultyOptions, _context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Faulty { fault: options.fault, loaded: false }))
    }
}

inventory::submit! { DetectorEntry::of::<Faulty>() }

/// Needed by no method here; proves that `NoOptions` and a unit plugin suffice for a shift.
struct NoShift;

impl Shift for NoShift {
    fn apply(&self, sample: Sample, _severity: Severity, _stream: &mut Stream) -> Result<Sample, ShiftError> {
        Ok(sample)
    }
}

impl ShiftPlugin for NoShift {
    const NAME: &'static str = "no_shift";
    const SUMMARY: &'static str = "leaves the image as it is, for tests";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_options: NoOptions) -> Box<dyn Shift> {
        Box::new(NoShift)
    }
}

inventory::submit! { ShiftEntry::of::<NoShift>() }
