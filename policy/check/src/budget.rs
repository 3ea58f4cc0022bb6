//! What a `PodDisruptionBudget` lets happen, as the disruption controller counts
//! (`pkg/controller/disruption/disruption.go`).

use std::collections::BTreeMap;

use plimsoll_yaml::Entry;

use crate::{Amount, Inventory, Resource, ResourceIndex};

/// The policy of a budget.
#[derive(Clone, Copy, Debug)]
pub enum Budget<'s> {
    /// `minAvailable`.
    MinAvailable(Amount, Entry<'s>),
    /// `maxUnavailable`.
    MaxUnavailable(Amount, Entry<'s>),
}

impl<'s> Budget<'s> {
    /// Reads the policy; `None` where there is none, or none that the API server takes.
    pub fn read(budget: &Resource<'s>) -> Option<Self> {
        let spec = budget.spec()?;
        let entry = |key| spec.entry(key).filter(|entry| !entry.value.is_null());
        // Both together are refused; the one that the controller would look at first is as good as the other.
        if let Some(entry) = entry("maxUnavailable") {
            return Some(Self::MaxUnavailable(Amount::read(entry.value)?, entry));
        }
        let entry = entry("minAvailable")?;
        Some(Self::MinAvailable(Amount::read(entry.value)?, entry))
    }

    /// Where it is written.
    pub fn entry(self) -> Entry<'s> {
        match self {
            Self::MinAvailable(_, entry) | Self::MaxUnavailable(_, entry) => entry,
        }
    }

    /// As written: `minAvailable: 2`.
    pub fn shown(self) -> String {
        match self {
            Self::MinAvailable(amount, _) => format!("minAvailable: {amount}"),
            Self::MaxUnavailable(amount, _) => format!("maxUnavailable: {amount}"),
        }
    }

    /// Lets no healthy pod go, however many there are.
    pub fn allows_nothing(self) -> bool {
        match self {
            Self::MinAvailable(amount, _) => amount.is_everything(),
            Self::MaxUnavailable(amount, _) => amount.is_zero(),
        }
    }

    /// How many pods may go when all of `total` are healthy. Shares are rounded up, on both sides.
    pub fn allowed(self, total: i64) -> i64 {
        let must_stay = match self {
            Self::MinAvailable(amount, _) => amount.rounded_up(total),
            Self::MaxUnavailable(amount, _) => (total - amount.rounded_up(total)).max(0),
        };
        (total - must_stay).max(0)
    }
}

/// The pods that a budget guards when there are fewest of them.
#[derive(Debug, Default)]
pub struct Guarded {
    /// How many there are.
    pub pods: i64,
    /// The autoscalers whose minimum it is; none where the objects' own `replicas` say it.
    pub scalers: Vec<ResourceIndex>,
}

/// How few pods a budget may come to guard; `None` where it guards none, or something whose number is not known.
pub fn guarded(inventory: &Inventory<'_>, budget: &Resource<'_>) -> Option<Guarded> {
    // Environments repeat an object; the one with most pods stands for all of a name, so that no budget of a big
    // environment is held against a small one.
    let mut fewest: BTreeMap<_, i64> = BTreeMap::new();
    let mut scalers = Vec::new();
    for workload in inventory.selected_by(budget) {
        let pods = inventory.scaling().pods(inventory, workload)?;
        let owner = inventory.owner(workload);
        let known = fewest.entry((owner.kind, owner.name)).or_default();
        *known = pods.fewest.max(*known);
        scalers.extend(pods.scaler);
    }
    let pods = fewest.values().sum();
    (pods > 0).then_some(Guarded { pods, scalers })
}
