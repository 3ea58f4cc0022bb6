//! Files that nobody writes by accident.
