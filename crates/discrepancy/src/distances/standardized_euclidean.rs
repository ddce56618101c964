use super::Distance;
use super::pair::{Gradients, Pair, Wide, length, normalise, scaled, square, total, wide};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Standardized Euclidean distance: each coordinate in units of its standard deviation.
    StandardizedEuclidean("standardized_euclidean") in Distance as Pair {
        /// The variance of each coordinate; as many as the vectors have.
        variances: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["seuclidean"];
    formula: r"\sqrt{\sum_i (a_i - b_i)^2 / v_i}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative, Metric];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "variances=[4 9]": [[0.0, 0.0], [2.0, 3.0]] => [std::f64::consts::SQRT_2];
    ];
}

impl Distance for StandardizedEuclidean {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        length(pair.function, "variances", self.variances.len(), pair.a.len())?;
        let (d, exponent) = pair.differences();
        let deviations: Vec<Wide> = self.variances.iter().map(|v| wide(*v).sqrt()).collect();
        let mut z: Vec<Wide> = d.iter().zip(&deviations).map(|(d, s)| *d / *s).collect();
        let exponent = exponent + normalise(&mut z);
        let norm = total(z.iter().enumerate().map(|(i, z)| square(*z) * pair.scaled_weight(i))).sqrt();
        let half = pair.weight_exponent / 2;
        if let Some(mut gradients) = gradients {
            for (i, v) in self.variances.iter().enumerate() {
                let (d, own) = pair.difference(i);
                let slope = d * pair.weight(i) / norm / *v;
                let g = if norm.high == 0.0 { 0.0 } else { scaled(slope.round_to_machine(), own - exponent - half) };
                gradients.opposite(i, g);
            }
        }
        Ok(scaled(norm.round_to_machine(), exponent + half))
    }
}
