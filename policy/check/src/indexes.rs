//! What single groups of rules look up, built when the first of them asks.

use std::sync::OnceLock;

use crate::Inventory;
use crate::admission::AdmissionPolicies;
use crate::alerting::Alerting;
use crate::backup::Backups;
use crate::exposure::Exposures;
use crate::gitops::GitOps;
use crate::monitoring::Monitoring;
use crate::namespaces::Namespaces;
use crate::network::NetworkIndex;
use crate::produced::Produced;
use crate::rbac::Access;
use crate::scaling::Scaling;
use crate::schema::CustomKinds;

macro_rules! indexes {
    ($($(#[$docs:meta])+ $name:ident: $type:ty;)*) => {
        /// The indexes of an inventory.
        #[derive(Debug, Default)]
        pub(crate) struct Indexes<'s> { $($name: OnceLock<$type>,)* }

        impl<'s> Inventory<'s> {
            $($(#[$docs])+ pub(crate) fn $name(&self) -> &$type {
                self.indexes.$name.get_or_init(|| <$type>::new(self))
            })*
        }
    };
}

indexes! {
    /// Who is bound to which role.
    access: Access<'s>;
    /// The admission policies that it brings along.
    admission: AdmissionPolicies;
    /// Alerts, and where they go.
    alerting: Alerting<'s>;
    /// Stores, and what backs them up.
    backups: Backups<'s>;
    /// The kinds that it defines itself.
    custom_kinds: CustomKinds<'s>;
    /// What of it stands open to the outside.
    exposures: Exposures<'s>;
    /// Its directories, and what deploys them.
    gitops: GitOps<'s>;
    /// Who is scraped, and by what.
    monitoring: Monitoring<'s>;
    /// What it holds of each namespace.
    namespaces: Namespaces<'s>;
    /// What rules about networks look up.
    network: NetworkIndex<'s>;
    /// What scales what.
    scaling: Scaling<'s>;
    /// What its objects and files make that is not here itself.
    produced: Produced<'s>;
}
