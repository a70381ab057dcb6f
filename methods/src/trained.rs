//! What every detector that learns has in common: whether it is trained, its files, and the errors of both.
//!
//! A method says how it learns and how it scores: as a [`ModuleMethod`] where it learns one module, else as a
//! [`Method`]. [`Trained`] makes a detector of it.

use crate::module_file;
use burn::module::Module;
use burn::store::ModuleSnapshot;
use harness::contract::detector::{Anomaly, Detector, FitContext, TrainingSet};
use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;
use image::RgbImage;
use std::path::Path;

/// A method that learns, with its options, its frozen network and the device it computes on.
pub trait Method: Send {
    /// What training leaves behind, on a plain device, and what scoring makes of it once for all pictures.
    type Model: Send;

    /// The frame of its pictures; see [`Detector::geometry`].
    fn geometry(&self) -> Geometry;

    /// Learns from at least one normal picture.
    ///
    /// # Errors
    /// When options ask for what the pictures do not give, the loss is no longer finite or the device fails.
    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Self::Model, DetectorError>;

    /// An anomaly for each of at least one picture.
    ///
    /// # Errors
    /// When the device fails.
    fn score(&self, model: &Self::Model, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError>;

    /// Writes a model into an existing folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    fn save(&self, model: &Self::Model, folder: &Path) -> Result<(), DetectorError>;

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// When a file is missing, or is not of such a model.
    fn load(&self, folder: &Path) -> Result<Self::Model, DetectorError>;

    /// How many numbers a model holds; see [`Detector::parameters`].
    fn parameters(&self, model: &Self::Model) -> u64;
}

/// A method whose model is one module, kept in one file.
pub trait ModuleMethod: Send {
    /// The name of the file.
    const FILE: &'static str;

    /// What is learned.
    type Model: Module + ModuleSnapshot;

    /// The frame of its pictures; see [`Detector::geometry`].
    fn geometry(&self) -> Geometry;

    /// A model of the right shape on a plain device, about to be loaded.
    ///
    /// # Errors
    /// When the frozen network does not suit the method.
    fn blank(&self) -> Result<Self::Model, DetectorError>;

    /// Learns from at least one normal picture, and leaves the model on a plain device.
    ///
    /// # Errors
    /// When the loss is no longer finite or the device fails.
    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Self::Model, DetectorError>;

    /// An anomaly for each of at least one picture.
    ///
    /// # Errors
    /// When the device fails.
    fn score(&self, model: &Self::Model, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError>;
}

impl<M: ModuleMethod> Method for M {
    type Model = M::Model;

    fn geometry(&self) -> Geometry {
        ModuleMethod::geometry(self)
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<M::Model, DetectorError> {
        ModuleMethod::train(self, train, context)
    }

    fn score(&self, model: &M::Model, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        ModuleMethod::score(self, model, pictures)
    }

    fn save(&self, model: &M::Model, folder: &Path) -> Result<(), DetectorError> {
        module_file::save(&folder.join(M::FILE), model)
    }

    fn load(&self, folder: &Path) -> Result<M::Model, DetectorError> {
        let mut model = self.blank()?;
        module_file::load(&folder.join(M::FILE), &mut model)?;
        Ok(model)
    }

    fn parameters(&self, model: &M::Model) -> u64 {
        model.num_params() as u64
    }
}

/// A method as a detector, with its model once it has one.
pub struct Trained<M: Method> {
    method: M,
    model: Option<M::Model>,
}

impl<M: Method + 'static> Trained<M> {
    /// A detector that has not learned yet.
    pub fn not_yet(method: M) -> Box<dyn Detector> {
        Box::new(Self { method, model: None })
    }

    /// A detector with this model.
    pub fn with(method: M, model: M::Model) -> Box<dyn Detector> {
        Box::new(Self { method, model: Some(model) })
    }
}

impl<M: Method> Trained<M> {
    fn model(&self) -> Result<&M::Model, DetectorError> {
        let reason = "the detector has not been trained; fit or load it first";
        self.model.as_ref().ok_or_else(|| DetectorError::Scoring(reason.into()))
    }
}

impl<M: Method> Detector for Trained<M> {
    fn geometry(&self) -> Geometry {
        self.method.geometry()
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        if train.pictures.is_empty() {
            return Err(DetectorError::Training("there are no training pictures".into()));
        }
        self.model = Some(self.method.train(train, context)?);
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let model = self.model()?;
        if pictures.is_empty() { Ok(Vec::new()) } else { self.method.score(model, pictures) }
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        self.method.save(self.model()?, folder)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        self.model = Some(self.method.load(folder)?);
        Ok(())
    }

    fn parameters(&self) -> Option<u64> {
        self.model.as_ref().map(|model| self.method.parameters(model))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::module::Param;
    use burn::tensor::{Device, Tensor};
    use harness::contract::schedule::Schedule;
    use harness::contract::seed::Root;

    /// Learns how many pictures there are.
    struct Counting;

    #[derive(Module, Debug)]
    struct Count {
        pictures: Param<Tensor<1>>,
    }

    fn count(pictures: usize) -> Count {
        Count { pictures: Param::from_tensor(Tensor::full([1], pictures as f64, &Device::flex())) }
    }

    impl ModuleMethod for Counting {
        const FILE: &'static str = "count.safetensors";
        type Model = Count;

        fn geometry(&self) -> Geometry {
            Geometry::Stretch(1)
        }

        fn blank(&self) -> Result<Count, DetectorError> {
            Ok(count(0))
        }

        fn train(&self, train: &TrainingSet, _: &FitContext<'_>) -> Result<Count, DetectorError> {
            Ok(count(train.pictures.len()))
        }

        fn score(&self, model: &Count, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
            let score = model.pictures.val().into_scalar::<f32>();
            Ok(pictures.iter().map(|_| Anomaly { score, map: None }).collect())
        }
    }

    #[test]
    fn it_scores_only_what_it_has_learned_or_loaded() {
        let pictures = vec![RgbImage::new(1, 1); 3];
        let schedule = Schedule::Own { category: "toy".into() };
        let context = FitContext { random: Root::new(0, "toy", "toy"), schedule, progress: &|_, _, _| {} };
        let folder = tempfile::tempdir().unwrap();
        let mut detector = Trained::not_yet(Counting);
        for refused in [detector.score(&[]).map(drop), detector.save(folder.path())] {
            assert!(refused.unwrap_err().to_string().contains("has not been trained"));
        }
        assert_eq!(detector.parameters(), None);
        let nothing = TrainingSet { pictures: Vec::new(), references: Vec::new() };
        let message = detector.fit(&nothing, &context).unwrap_err().to_string();
        assert!(message.contains("no training pictures"), "{message}");
        detector.fit(&TrainingSet { pictures: pictures.clone(), ..nothing }, &context).unwrap();
        detector.save(folder.path()).unwrap();
        let mut loaded = Trained::not_yet(Counting);
        loaded.load(folder.path()).unwrap();
        assert_eq!(loaded.parameters(), Some(1));
        assert_eq!(loaded.score(&pictures[1..]).unwrap(), vec![Anomaly { score: 3.0, map: None }; 2]);
        assert!(loaded.score(&[]).unwrap().is_empty());
    }
}
