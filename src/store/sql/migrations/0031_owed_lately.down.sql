drop index delivery_owed;
