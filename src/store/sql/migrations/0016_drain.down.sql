alter table delivery set (fillfactor = 50);
alter table delivery alter uid set statistics -1, alter receipt set statistics -1, alter ordinal set statistics -1,
  alter traceparent set statistics -1, alter replaces set statistics -1, alter attempts set statistics -1,
  alter lease set statistics -1, alter body_sha256 set statistics -1, alter reference set statistics -1,
  alter sent_at set statistics -1;
alter table delivery alter id set statistics -1, alter destination set statistics -1, alter purpose set statistics -1,
  alter service set statistics -1, alter form_kind set statistics -1, alter sender_id set statistics -1,
  alter message set statistics -1, alter record set statistics -1, alter received_at set statistics -1,
  alter order_key set statistics -1, alter after set statistics -1, alter revokes set statistics -1,
  alter state set statistics -1, alter urgent set statistics -1, alter due_at set statistics -1,
  alter leased_until set statistics -1, alter leased_by set statistics -1, alter last_code set statistics -1,
  alter owed_at set statistics -1, alter settled_at set statistics -1, alter replay set statistics -1,
  alter held set statistics -1;
