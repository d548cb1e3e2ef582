//! The small parts that every screen is made of. They know tokens and texts, and nothing of the product.

pub mod avatar;
pub mod button;
pub mod copy;
pub mod dialog;
pub mod error_card;
pub mod field;
pub mod glyph;
pub mod icon;
pub mod menu;
pub mod popover;
pub mod segmented;
pub mod sentence;
pub mod status;
pub mod switch;
pub mod toast;
pub mod tooltip;

pub use avatar::Avatar;
pub use button::{Button, ButtonKind, IconButton, LinkButton};
pub use copy::CopyButton;
pub use dialog::{Confirm, Dialog};
pub use error_card::ErrorCard;
pub use field::{FieldKind, Select, TextArea, TextField};
pub use glyph::Glyph;
pub use icon::Icon;
pub use menu::{Menu, MenuItem, MenuList};
pub use popover::{Placement, Popover};
pub use segmented::Segmented;
pub use status::{EmptyState, Skeleton, WorkingDot};
pub use switch::Switch;
pub use toast::ToastHost;
pub use tooltip::TooltipHost;
