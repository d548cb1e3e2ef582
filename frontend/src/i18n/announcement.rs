//! Texts around announcements; what they say is the administrators' own.

crate::texts! {
    ANNOUNCEMENT: "Announcement", "公告";
    CLOSE: "Close the announcement", "关闭公告";
}
