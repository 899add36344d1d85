-- Written from the catalogue after all migrations; a test holds it equal. Read this, change migrations.

-- access_log
  id bigint not null generated always as identity
  at timestamp with time zone not null default now()
  actor text not null
  role text not null
  what text not null
  message bigint
  record bigint
  patient bytea
  purpose text not null
  outcome text not null
  origin text
  trace text
  PRIMARY KEY (id)
  CREATE INDEX access_log_message ON public.access_log USING btree (message)
  CREATE INDEX access_log_patient ON public.access_log USING btree (patient, at) WHERE (patient IS NOT NULL)

-- activation
  id bigint not null generated always as identity
  setting bigint not null
  mode text not null
  source text
  at timestamp with time zone not null default now()
  actor text not null
  why text not null
  report bigint
  confirmed_by text
  reverts bigint
  emergency boolean not null default false
  CHECK ((mode = ANY (ARRAY['draft'::text, 'dry-run'::text, 'shadow'::text, 'canary'::text, 'active'::text, 'retired'::text])))
  FOREIGN KEY (reverts) REFERENCES activation(id)
  FOREIGN KEY (setting) REFERENCES setting(id)
  PRIMARY KEY (id)
  CREATE INDEX activation_setting ON public.activation USING btree (setting)

-- activation_rule
  activation bigint not null
  rule_hash bytea not null
  FOREIGN KEY (activation) REFERENCES activation(id)
  PRIMARY KEY (activation, rule_hash)

-- active_rule
  rule_hash bytea not null
  pack text not null
  rule text not null
  sender_id integer not null
  except_senders integer[] not null
  setting bigint not null
  activation bigint not null
  since timestamp with time zone not null
  refuses boolean not null default false
  FOREIGN KEY (activation) REFERENCES activation(id)
  FOREIGN KEY (setting) REFERENCES setting(id)
  PRIMARY KEY (rule_hash, pack, sender_id)

-- alert
  id bigint not null generated always as identity
  kind text not null
  scope text not null
  since timestamp with time zone not null default now()
  seen_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  detail jsonb not null default '{}'::jsonb
  PRIMARY KEY (id)
  CREATE UNIQUE INDEX alert_running ON public.alert USING btree (kind, scope) WHERE (ended_at IS NULL)

-- block
  service text not null
  number bigint not null
  from_xid xid8 not null
  from_id bigint not null
  to_xid xid8 not null
  to_id bigint not null
  entries integer not null
  root bytea not null
  previous bytea not null
  head bytea not null
  sealed_at timestamp with time zone not null default now()
  PRIMARY KEY (service, number)

-- care_activation
  activation bigint not null
  patient bytea
  done_at timestamp with time zone
  PRIMARY KEY (activation)

-- certificate
  id bigint not null generated always as identity
  record bigint not null
  message bigint not null
  service text not null
  received_at timestamp with time zone not null
  delivery bigint not null
  uvci text not null
  hc1 bytea not null
  data_key integer not null
  hash_uci bytea not null
  hash_signature bytea not null
  issued_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  created_at timestamp with time zone not null default now()
  PRIMARY KEY (id)
  UNIQUE (delivery)
  UNIQUE (record)
  UNIQUE (uvci)
  CREATE INDEX certificate_message ON public.certificate USING btree (message)
  CREATE UNIQUE INDEX certificate_delivery_key ON public.certificate USING btree (delivery)
  CREATE UNIQUE INDEX certificate_record_key ON public.certificate USING btree (record)
  CREATE UNIQUE INDEX certificate_uvci_key ON public.certificate USING btree (uvci)

-- certificate_revocation
  certificate bigint not null
  at timestamp with time zone not null default now()
  why text not null
  actor text not null
  FOREIGN KEY (certificate) REFERENCES certificate(id)
  PRIMARY KEY (certificate)

-- check_count
  hour timestamp with time zone not null
  service text not null
  pack text not null
  activation bigint not null
  origin text not null
  sender_id integer not null
  form_kind text not null
  rule text not null
  records bigint not null
  CHECK ((origin = ANY (ARRAY['arrival'::text, 'stored'::text])))
  PRIMARY KEY (pack, hour, activation, origin, sender_id, form_kind, rule)

-- check_schedule
  pack text not null
  at_time time without time zone not null
  actor text not null
  why text not null
  changed_at timestamp with time zone not null default now()
  PRIMARY KEY (pack)

-- closed_leaf
  service text not null
  xid xid8 not null
  id bigint not null
  hash bytea not null
  PRIMARY KEY (service, xid, id)

-- closed_line
  service text not null
  period text not null
  what text not null
  day date not null
  line jsonb not null
  CHECK ((what = ANY (ARRAY['messages'::text, 'records'::text, 'deliveries'::text, 'destinations'::text])))
  FOREIGN KEY (service, period) REFERENCES closed_period(service, period)
  CREATE INDEX closed_line_day ON public.closed_line USING btree (day)

-- closed_period
  service text not null
  period text not null
  from_at timestamp with time zone not null
  to_at timestamp with time zone not null
  tables text[] not null
  block bigint not null
  closed_at timestamp with time zone not null default now()
  dropped_at timestamp with time zone
  key_destroyed_at timestamp with time zone
  PRIMARY KEY (service, period)

-- consent
  id bigint not null generated always as identity
  patient bytea not null
  kind text not null
  sender_id integer
  from_at timestamp with time zone not null
  to_at timestamp with time zone
  actor text not null
  at timestamp with time zone not null default now()
  CHECK (((kind = 'exclusion'::text) = (sender_id IS NOT NULL)))
  CHECK ((kind = ANY (ARRAY['exchange'::text, 'exclusion'::text])))
  FOREIGN KEY (sender_id) REFERENCES sender(id)
  PRIMARY KEY (id)
  CREATE INDEX consent_patient ON public.consent USING btree (patient)

-- control_id partition by HASH (sender_id, source, control)
  sender_id integer not null
  source text not null
  control text not null
  message bigint not null
  received_at timestamp with time zone not null
  PRIMARY KEY (sender_id, source, control)

-- control_id_0 FOR VALUES WITH (modulus 4, remainder 0)

-- control_id_1 FOR VALUES WITH (modulus 4, remainder 1)

-- control_id_2 FOR VALUES WITH (modulus 4, remainder 2)

-- control_id_3 FOR VALUES WITH (modulus 4, remainder 3)

-- data_key
  id integer not null generated always as identity
  service text not null
  period text not null
  wrapped bytea not null
  created_at timestamp with time zone not null default now()
  PRIMARY KEY (id)
  UNIQUE (service, period)
  CREATE UNIQUE INDEX data_key_service_period_key ON public.data_key USING btree (service, period)

-- delivery
  id bigint not null generated always as identity
  uid uuid not null
  destination text not null
  purpose text not null
  service text not null
  form_kind text not null
  sender_id integer not null
  message bigint not null
  record bigint not null
  receipt uuid not null
  ordinal integer not null
  received_at timestamp with time zone not null
  traceparent text
  order_key bytea
  after bigint
  replaces text
  revokes bigint
  state text not null
  urgent boolean not null default false
  due_at timestamp with time zone not null
  attempts integer not null default 0
  lease uuid
  leased_until timestamp with time zone
  leased_by text
  body_sha256 bytea
  reference text
  last_code text
  owed_at timestamp with time zone not null default now()
  sent_at timestamp with time zone
  settled_at timestamp with time zone
  replay bigint
  held boolean not null default false
  not_before timestamp with time zone
  CHECK ((purpose = ANY (ARRAY['result'::text, 'vaccination'::text, 'certificate'::text, 'revocation'::text])))
  CHECK ((state = ANY (ARRAY['blocked'::text, 'waiting'::text, 'unknown'::text, 'pending'::text, 'acknowledged'::text, 'refused'::text, 'withdrawn'::text])))
  PRIMARY KEY (id)
  CREATE INDEX delivery_after ON public.delivery USING btree (after) WHERE (after IS NOT NULL)
  CREATE INDEX delivery_day ON public.delivery USING brin (received_at) WITH (pages_per_range='32', autosummarize='on')
  CREATE INDEX delivery_due ON public.delivery USING btree (destination, service, form_kind, due_at, id) WHERE ((state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'pending'::text])) AND (NOT held))
  CREATE INDEX delivery_held ON public.delivery USING btree (destination, due_at, id) WHERE (held AND (state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'pending'::text])))
  CREATE INDEX delivery_message ON public.delivery USING btree (message)
  CREATE INDEX delivery_open ON public.delivery USING btree (destination, received_at) INCLUDE (service, form_kind, sender_id, state, urgent, owed_at) WHERE (state = ANY (ARRAY['blocked'::text, 'waiting'::text, 'unknown'::text, 'pending'::text]))
  CREATE INDEX delivery_order ON public.delivery USING btree (destination, order_key, id) WHERE ((order_key IS NOT NULL) AND (state = ANY (ARRAY['blocked'::text, 'waiting'::text, 'unknown'::text, 'pending'::text])))
  CREATE INDEX delivery_owed ON public.delivery USING brin (owed_at) WITH (pages_per_range='32', autosummarize='on')
  CREATE INDEX delivery_record ON public.delivery USING btree (record) WHERE (state = ANY (ARRAY['blocked'::text, 'waiting'::text, 'unknown'::text, 'pending'::text]))
  CREATE INDEX delivery_replay ON public.delivery USING btree (replay, id) WHERE (replay IS NOT NULL)
  CREATE INDEX delivery_urgent ON public.delivery USING btree (destination, due_at, id) WHERE (urgent AND (state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'pending'::text])))

-- delivery_key
  uid uuid not null
  delivery bigint not null
  PRIMARY KEY (uid)

-- delivery_rate
  destination text not null
  form_kind text not null
  at timestamp with time zone not null
  node text not null
  acknowledged integer not null
  refused integer not null
  failed integer not null
  PRIMARY KEY (destination, at, form_kind, node)

-- destination_state
  destination text not null
  breaker text not null default 'closed'::text
  breaker_until timestamp with time zone
  opened_count integer not null default 0
  failures integer not null default 0
  trials integer not null default 0
  pace double precision not null default 0
  tokens double precision not null default 0
  refilled_at timestamp with time zone not null default now()
  last_success_at timestamp with time zone
  last_failure_at timestamp with time zone
  last_code text
  CHECK ((breaker = ANY (ARRAY['closed'::text, 'open'::text, 'trying'::text])))
  PRIMARY KEY (destination)

-- dirty
  patient bytea not null
  monitor text not null
  item text not null
  cause text not null
  record bigint not null default 0
  received_at timestamp with time zone not null
  since timestamp with time zone not null default clock_timestamp()
  due_at timestamp with time zone not null default now()
  CHECK ((cause = ANY (ARRAY['record'::text, 'time'::text, 'definition'::text, 'activation'::text, 'enrolment'::text, 'override'::text])))
  PRIMARY KEY (patient, monitor, item)
  CREATE INDEX dirty_due ON public.dirty USING btree (due_at, patient)

-- enrolment
  patient bytea not null
  monitor text not null
  version text not null
  practice text not null
  from_day date not null
  to_day date
  zone text not null
  content bytea not null
  data_key integer not null
  at timestamp with time zone not null default now()
  actor text not null
  PRIMARY KEY (patient, monitor)
  CREATE INDEX enrolment_practice ON public.enrolment USING btree (practice, patient)

-- entry partition by LIST (service)
  id bigint not null default nextval('entry_id'::regclass)
  xid xid8 not null default pg_current_xact_id()
  service text not null
  at timestamp with time zone not null default clock_timestamp()
  message bigint not null
  received_at timestamp with time zone not null
  record bigint
  delivery bigint
  sender_id integer not null
  kind text not null
  actor text not null
  tell boolean not null default false
  detail jsonb not null default '{}'::jsonb
  PRIMARY KEY (xid, id, at, service)
  CREATE INDEX entry_message ON ONLY public.entry USING btree (message, id)
  CREATE INDEX entry_tell ON ONLY public.entry USING btree (sender_id, xid, id) WHERE tell

-- entry_assurpharma FOR VALUES IN ('assurpharma') partition by RANGE (at)

-- entry_assurpharma_other DEFAULT

-- entry_eforms FOR VALUES IN ('eforms') partition by RANGE (at)

-- entry_eforms_other DEFAULT

-- entry_gfd FOR VALUES IN ('gfd') partition by RANGE (at)

-- entry_gfd_other DEFAULT

-- entry_lab FOR VALUES IN ('lab') partition by RANGE (at)

-- entry_lab_other DEFAULT

-- entry_raotd FOR VALUES IN ('raotd') partition by RANGE (at)

-- entry_raotd_other DEFAULT

-- feed_disturbance
  id bigint not null generated always as identity
  source text not null
  kind text not null
  reason text not null
  from_at timestamp with time zone not null
  to_at timestamp with time zone
  repaired_until timestamp with time zone
  expected double precision not null default 0
  noticed_at timestamp with time zone not null default now()
  settled_by text
  settled_why text
  CHECK ((kind = ANY (ARRAY['lab'::text, 'practice'::text])))
  CHECK ((reason = ANY (ARRAY['silent'::text, 'late'::text, 'thin'::text, 'changed-mix'::text, 'backlog'::text])))
  PRIMARY KEY (id)
  CREATE INDEX feed_disturbance_open ON public.feed_disturbance USING btree (from_at) WHERE ((to_at IS NULL) OR (repaired_until IS NULL))
  CREATE UNIQUE INDEX feed_disturbance_running ON public.feed_disturbance USING btree (source, kind) WHERE (to_at IS NULL)

-- feed_hour
  source text not null
  kind text not null
  hour timestamp with time zone not null
  results integer not null default 0
  released integer not null default 0
  quantities integer not null default 0
  without_unit integer not null default 0
  abnormal integer not null default 0
  timed integer not null default 0
  delay_seconds bigint not null default 0
  analytes jsonb not null default '{}'::jsonb
  last_at timestamp with time zone
  CHECK ((kind = ANY (ARRAY['lab'::text, 'practice'::text])))
  PRIMARY KEY (source, kind, hour)

-- feed_source
  source text not null
  kind text not null
  since timestamp with time zone not null default now()
  CHECK ((kind = ANY (ARRAY['lab'::text, 'practice'::text])))
  PRIMARY KEY (source, kind)

-- flow_minute
  at timestamp with time zone not null
  destination text not null
  waiting bigint not null
  owed bigint not null
  answered bigint not null
  PRIMARY KEY (destination, at)

-- impact_change
  report bigint not null
  record bigint not null
  received_at timestamp with time zone not null
  sender_id integer not null
  rule_hash bytea not null
  change text not null
  patient bytea
  CHECK ((change = ANY (ARRAY['newly-withheld'::text, 'newly-visible'::text, 'error'::text])))
  FOREIGN KEY (report) REFERENCES impact_report(id)
  PRIMARY KEY (report, record, rule_hash, change)
  CREATE INDEX impact_change_patient ON public.impact_change USING btree (report, patient) WHERE (patient IS NOT NULL)

-- impact_line
  report bigint not null
  sender_id integer not null
  form_kind text not null
  rule text not null
  records bigint not null
  withheld_before bigint not null
  withheld_after bigint not null
  newly_withheld bigint not null
  newly_visible bigint not null
  errors bigint not null
  FOREIGN KEY (report) REFERENCES impact_report(id)
  PRIMARY KEY (report, sender_id, form_kind, rule)

-- impact_report
  id bigint not null generated always as identity
  purpose text not null
  service text not null
  pack text not null
  setting bigint not null
  against bigint
  senders integer[]
  state text not null
  from_at timestamp with time zone not null
  cursor_at timestamp with time zone not null
  cursor_id bigint not null
  last_at timestamp with time zone not null
  total bigint not null
  seen bigint not null default 0
  actor text not null
  at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  worker text
  worked_until timestamp with time zone
  meaning jsonb
  by_patient boolean not null default false
  without_line bigint not null default 0
  cursor_patient bytea
  CHECK ((purpose = ANY (ARRAY['try'::text, 'regular'::text, 'catch-up'::text])))
  CHECK ((state = ANY (ARRAY['running'::text, 'stopped'::text, 'done'::text])))
  FOREIGN KEY (against) REFERENCES setting(id)
  FOREIGN KEY (setting) REFERENCES setting(id)
  PRIMARY KEY (id)
  CREATE INDEX impact_report_pack ON public.impact_report USING btree (pack, id)
  CREATE INDEX impact_report_running ON public.impact_report USING btree (id) WHERE (state = 'running'::text)

-- item_state
  patient bytea not null
  monitor text not null
  item text not null
  practice text not null
  item_hash text not null
  state text not null
  basis text not null
  state_hash text not null
  outline jsonb not null
  since timestamp with time zone not null
  next_change_at timestamp with time zone
  next_state text
  activation_mark bigint not null
  cause_seq bigint not null
  evaluated_at timestamp with time zone not null
  content bytea not null
  data_key integer not null
  fingerprint text
  PRIMARY KEY (patient, monitor, item)
  CREATE INDEX item_state_next ON public.item_state USING btree (next_change_at) WHERE (next_change_at IS NOT NULL)
  CREATE INDEX item_state_practice ON public.item_state USING btree (practice, patient)

-- jump
  sender_id integer not null
  analyte text not null
  received_at timestamp with time zone not null
  record bigint not null
  content bytea not null
  patient bytea
  rule_hash bytea not null default '\x'::bytea
  PRIMARY KEY (sender_id, analyte, received_at, record, rule_hash)
  CREATE INDEX jump_patient ON public.jump USING btree (patient, received_at) WHERE (patient IS NOT NULL)

-- lost_settled
  id bigint not null generated always as identity
  receipt uuid not null
  actor text not null
  why text not null
  at timestamp with time zone not null default now()
  given_until timestamp with time zone
  FOREIGN KEY (receipt) REFERENCES spooled_missing(receipt)
  PRIMARY KEY (id)
  CREATE INDEX lost_settled_receipt ON public.lost_settled USING btree (receipt)

-- manifest
  activation bigint not null
  moment text not null
  sender_id integer not null
  records bigint not null
  visible bigint not null
  content_hash text not null
  visible_hash text not null
  at timestamp with time zone not null default now()
  CHECK ((moment = ANY (ARRAY['before'::text, 'during'::text, 'after'::text])))
  FOREIGN KEY (activation) REFERENCES activation(id)
  PRIMARY KEY (activation, moment, sender_id)

-- message partition by LIST (service)
  id bigint not null
  service text not null
  received_at timestamp with time zone not null
  receipt uuid not null
  sender_id integer not null
  message_id text not null
  format text not null
  sha256 bytea not null
  size integer not null
  body bytea not null
  data_key integer not null
  level text not null
  node text not null
  traceparent text
  CHECK ((level = ANY (ARRAY['stored'::text, 'spooled'::text])))
  PRIMARY KEY (received_at, id, service)

-- message_assurpharma FOR VALUES IN ('assurpharma') partition by RANGE (received_at)

-- message_assurpharma_other DEFAULT

-- message_conflict
  id bigint not null generated always as identity
  receipt uuid not null
  first_receipt uuid not null
  prefix bigint not null
  sender_id integer not null
  message_id text not null
  service text not null
  received_at timestamp with time zone not null
  format text not null
  sha256 bytea not null
  body bytea not null
  data_key integer not null
  level text not null
  node text not null
  PRIMARY KEY (id)
  UNIQUE (receipt)
  CREATE INDEX message_conflict_prefix ON public.message_conflict USING btree (prefix)
  CREATE UNIQUE INDEX message_conflict_receipt_key ON public.message_conflict USING btree (receipt)

-- message_eforms FOR VALUES IN ('eforms') partition by RANGE (received_at)

-- message_eforms_other DEFAULT

-- message_gfd FOR VALUES IN ('gfd') partition by RANGE (received_at)

-- message_gfd_other DEFAULT

-- message_key partition by HASH (prefix)
  prefix bigint not null
  sender_id integer not null
  message_id text not null
  receipt uuid not null
  message bigint not null
  service text not null
  received_at timestamp with time zone not null
  PRIMARY KEY (prefix, sender_id, message_id)

-- message_key_0 FOR VALUES WITH (modulus 4, remainder 0)

-- message_key_1 FOR VALUES WITH (modulus 4, remainder 1)

-- message_key_2 FOR VALUES WITH (modulus 4, remainder 2)

-- message_key_3 FOR VALUES WITH (modulus 4, remainder 3)

-- message_lab FOR VALUES IN ('lab') partition by RANGE (received_at)

-- message_lab_other DEFAULT

-- message_raotd FOR VALUES IN ('raotd') partition by RANGE (received_at)

-- message_raotd_other DEFAULT

-- monitor_move
  id bigint not null generated always as identity
  at timestamp with time zone not null default now()
  monitor text not null
  version text not null
  practice text
  from_versions text[] not null
  moved integer not null
  actor text not null
  confirmed_by text
  why text not null
  report bigint
  FOREIGN KEY (report) REFERENCES monitor_report(id)
  PRIMARY KEY (id)
  CREATE INDEX monitor_move_newest ON public.monitor_move USING btree (monitor, id)

-- monitor_report
  id bigint not null generated always as identity
  at timestamp with time zone not null default now()
  actor text not null
  monitor text not null
  version text not null
  definition_hash text not null
  practice text
  enrolments integer not null
  unknown integer not null
  unchanged integer not null
  changes jsonb not null
  PRIMARY KEY (id)
  CREATE INDEX monitor_report_newest ON public.monitor_report USING btree (monitor, definition_hash, id)

-- node
  id integer not null generated always as identity
  name text not null
  url text
  roles text[] not null
  version text not null
  started_at timestamp with time zone not null
  seen_at timestamp with time zone not null
  state text not null
  facts jsonb not null default '{}'::jsonb
  CHECK ((state = ANY (ARRAY['up'::text, 'draining'::text, 'stopped'::text])))
  PRIMARY KEY (id)
  UNIQUE (name)
  CREATE UNIQUE INDEX node_name_key ON public.node USING btree (name)

-- node_gone
  id bigint not null generated always as identity
  name text not null
  actor text not null
  why text not null
  at timestamp with time zone not null default now()
  PRIMARY KEY (id)

-- override
  id bigint not null generated always as identity
  record bigint not null
  service text not null
  received_at timestamp with time zone not null
  sender_id integer not null
  patient bytea
  decision text not null
  actor text not null
  why text not null
  at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  ended_by text
  ended_why text
  CHECK ((decision = ANY (ARRAY['release'::text, 'confirm'::text])))
  PRIMARY KEY (id)
  CREATE INDEX override_at ON public.override USING btree (at)
  CREATE INDEX override_ended ON public.override USING btree (ended_at) WHERE (ended_at IS NOT NULL)
  CREATE INDEX override_patient ON public.override USING btree (patient) WHERE (patient IS NOT NULL)
  CREATE UNIQUE INDEX override_running ON public.override USING btree (record) WHERE (ended_at IS NULL)

-- pause
  id bigint not null generated always as identity
  what text not null
  destination text
  service text
  form_kind text
  reason text not null
  owner text not null
  since timestamp with time zone not null default now()
  ended_at timestamp with time zone
  ended_by text
  ended_reason text
  CHECK ((what = ANY (ARRAY['delivery'::text, 'intake'::text])))
  PRIMARY KEY (id)
  CREATE INDEX pause_running ON public.pause USING btree (what) WHERE (ended_at IS NULL)

-- person
  id integer not null generated always as identity
  login text not null
  name text not null
  role text not null
  password_hash text
  subject text
  language text not null default 'nl'::text
  created_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  CHECK ((role = ANY (ARRAY['operator'::text, 'helper'::text, 'reader'::text])))
  PRIMARY KEY (id)
  UNIQUE (login)
  UNIQUE (subject)
  CREATE UNIQUE INDEX person_login_key ON public.person USING btree (login)
  CREATE UNIQUE INDEX person_subject_key ON public.person USING btree (subject)

-- practice_source
  practice text not null
  kind text not null
  source text not null
  CHECK ((kind = ANY (ARRAY['lab'::text, 'practice'::text])))
  PRIMARY KEY (practice, kind, source)

-- probe
  id bigint not null generated always as identity
  node text not null
  started_at timestamp with time zone not null
  ended_at timestamp with time zone not null
  ok boolean not null
  stop text
  code text
  receipt uuid
  CHECK ((ok = (stop IS NULL)))
  PRIMARY KEY (id)
  CREATE INDEX probe_age ON public.probe USING btree (started_at)
  CREATE INDEX probe_latest ON public.probe USING btree (node, started_at)

-- record partition by LIST (service)
  id bigint not null
  service text not null
  received_at timestamp with time zone not null
  message bigint not null
  ordinal integer not null
  sender_id integer not null
  form_kind text not null
  form text not null
  form_version text not null
  action text not null
  replaces_message_id text
  outcome text not null
  fault_codes text[] not null
  patient bytea
  content bytea not null
  data_key integer not null
  CHECK ((action = ANY (ARRAY['new'::text, 'correct'::text, 'withdraw'::text])))
  CHECK ((outcome = ANY (ARRAY['accepted'::text, 'refused'::text])))
  PRIMARY KEY (received_at, id, service)
  CREATE INDEX record_message ON ONLY public.record USING btree (message)
  CREATE INDEX record_patient ON ONLY public.record USING btree (patient) WHERE (patient IS NOT NULL)

-- record_assurpharma FOR VALUES IN ('assurpharma') partition by RANGE (received_at)

-- record_assurpharma_other DEFAULT

-- record_check partition by LIST (service)
  record bigint not null
  service text not null
  received_at timestamp with time zone not null
  rule_set bytea not null
  at timestamp with time zone not null default now()
  PRIMARY KEY (received_at, record, rule_set, service)

-- record_check_assurpharma FOR VALUES IN ('assurpharma') partition by RANGE (received_at)

-- record_check_assurpharma_other DEFAULT

-- record_check_eforms FOR VALUES IN ('eforms') partition by RANGE (received_at)

-- record_check_eforms_other DEFAULT

-- record_check_gfd FOR VALUES IN ('gfd') partition by RANGE (received_at)

-- record_check_gfd_other DEFAULT

-- record_check_lab FOR VALUES IN ('lab') partition by RANGE (received_at)

-- record_check_lab_other DEFAULT

-- record_check_raotd FOR VALUES IN ('raotd') partition by RANGE (received_at)

-- record_check_raotd_other DEFAULT

-- record_eforms FOR VALUES IN ('eforms') partition by RANGE (received_at)

-- record_eforms_other DEFAULT

-- record_gfd FOR VALUES IN ('gfd') partition by RANGE (received_at)

-- record_gfd_other DEFAULT

-- record_lab FOR VALUES IN ('lab') partition by RANGE (received_at)

-- record_lab_other DEFAULT

-- record_raotd FOR VALUES IN ('raotd') partition by RANGE (received_at)

-- record_raotd_other DEFAULT

-- relation
  id bigint not null generated always as identity
  patient bytea not null
  sender_id integer not null
  from_at timestamp with time zone not null
  to_at timestamp with time zone
  actor text not null
  at timestamp with time zone not null default now()
  FOREIGN KEY (sender_id) REFERENCES sender(id)
  PRIMARY KEY (id)
  CREATE INDEX relation_patient ON public.relation USING btree (patient, sender_id)

-- replacement
  by_record bigint not null
  by_message bigint not null
  by_receipt uuid not null
  by_ordinal integer not null
  service text not null
  received_at timestamp with time zone not null
  sender_id integer not null
  prefix bigint not null
  message_id text not null
  action text not null
  record bigint
  message bigint
  open boolean not null default true
  at timestamp with time zone not null default now()
  CHECK ((action = ANY (ARRAY['correct'::text, 'withdraw'::text])))
  PRIMARY KEY (by_record)
  UNIQUE (record)
  CREATE INDEX replacement_open ON public.replacement USING btree (sender_id, message_id) WHERE open
  CREATE UNIQUE INDEX replacement_record_key ON public.replacement USING btree (record)

-- replay
  id bigint not null generated always as identity
  destination text not null
  chosen jsonb not null
  reason text not null
  owner text not null
  per_second double precision not null
  state text not null
  cursor bigint not null default 0
  last bigint not null
  total bigint not null
  released bigint not null default 0
  released_at timestamp with time zone not null default now()
  created_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  sheet jsonb
  CHECK ((state = ANY (ARRAY['running'::text, 'stopped'::text, 'done'::text])))
  PRIMARY KEY (id)

-- result partition by HASH (patient)
  patient bytea not null
  record bigint not null
  received_at timestamp with time zone not null
  receipt uuid not null
  ordinal integer not null
  sender_id integer not null
  source text not null
  named bytea
  code text not null
  loinc text
  analyte text
  terms text[] not null
  result_key bytea not null
  status text not null
  collected_at timestamp with time zone
  result_at timestamp with time zone
  content_sha bytea not null
  order_key bytea
  order_shared boolean not null default false
  PRIMARY KEY (patient, record)
  CREATE INDEX result_key ON ONLY public.result USING btree (result_key)
  CREATE INDEX result_named ON ONLY public.result USING btree (named) WHERE (named IS NOT NULL)
  CREATE INDEX result_order ON ONLY public.result USING btree (order_key) WHERE (order_key IS NOT NULL)
  CREATE INDEX result_record ON ONLY public.result USING btree (record)

-- result_0 FOR VALUES WITH (modulus 4, remainder 0)

-- result_1 FOR VALUES WITH (modulus 4, remainder 1)

-- result_2 FOR VALUES WITH (modulus 4, remainder 2)

-- result_3 FOR VALUES WITH (modulus 4, remainder 3)

-- retention
  id bigint not null generated always as identity
  service text not null
  days integer
  actor text not null
  why text not null
  at timestamp with time zone not null default now()
  CHECK ((days >= 7))
  PRIMARY KEY (id)

-- revert_proof
  revert bigint not null
  holds boolean not null
  proof jsonb not null
  at timestamp with time zone not null default now()
  FOREIGN KEY (revert) REFERENCES activation(id)
  PRIMARY KEY (revert)

-- rule_refusal
  record bigint not null
  service text not null
  received_at timestamp with time zone not null
  message bigint not null
  sender_id integer not null
  form_kind text not null
  faults text[] not null
  refused boolean not null
  PRIMARY KEY (record)
  CREATE INDEX rule_refusal_period ON public.rule_refusal USING btree (service, received_at)

-- sender
  id integer not null generated by default as identity
  client_id text not null
  name text not null
  kind text not null
  organisation_nihii text
  software text
  language text not null default 'nl'::text
  public_keys jsonb not null
  created_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  PRIMARY KEY (id)
  UNIQUE (client_id)
  CREATE UNIQUE INDEX sender_client_id_key ON public.sender USING btree (client_id)

-- session
  token_hash bytea not null
  person_id integer not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  ended_at timestamp with time zone
  FOREIGN KEY (person_id) REFERENCES person(id)
  PRIMARY KEY (token_hash)

-- setting
  id bigint not null generated always as identity
  kind text not null
  name text not null
  body jsonb not null
  sha256 bytea not null
  created_at timestamp with time zone not null default now()
  created_by text not null
  PRIMARY KEY (id)
  UNIQUE (kind, name, sha256)
  CREATE UNIQUE INDEX setting_kind_name_sha256_key ON public.setting USING btree (kind, name, sha256)
  CREATE UNIQUE INDEX setting_version ON public.setting USING btree (kind, name, ((body ->> 'version'::text)))

-- signing_key
  kid text not null
  private_key bytea not null
  public_key jsonb not null
  created_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  PRIMARY KEY (kid)

-- spooled_missing
  receipt uuid not null
  node text not null
  sender_id integer not null
  spooled_at timestamp with time zone not null
  found_at timestamp with time zone not null default now()
  refused boolean not null default false
  PRIMARY KEY (receipt)

-- step
  stage text not null
  service text not null
  shard smallint not null
  message bigint not null
  record bigint not null default 0
  received_at timestamp with time zone not null
  due_at timestamp with time zone not null
  attempts smallint not null default 0
  last_code text
  CHECK ((stage = ANY (ARRAY['read'::text, 'check'::text, 'plan'::text])))
  PRIMARY KEY (stage, service, shard, message, record)

-- swap
  record bigint not null
  other bigint not null
  rule_hash bytea not null default '\x'::bytea
  PRIMARY KEY (record, rule_hash)

-- tables_change
  activation bigint not null
  sender_id integer not null
  except_senders integer[] not null default '{}'::integer[]
  patient bytea not null default '\x'::bytea
  done_at timestamp with time zone
  FOREIGN KEY (activation) REFERENCES activation(id)
  PRIMARY KEY (activation, sender_id)
  CREATE INDEX tables_change_open ON public.tables_change USING btree (activation) WHERE (done_at IS NULL)

-- tally
  hour timestamp with time zone not null
  service text not null
  what text not null
  form_kind text not null
  destination text not null
  code text not null
  count bigint not null
  last_at timestamp with time zone not null
  PRIMARY KEY (hour, service, what, form_kind, destination, code)

-- tally_place
  service text not null
  block bigint not null
  PRIMARY KEY (service)

-- transition
  id bigint not null generated always as identity
  patient bytea not null
  monitor text not null
  item text not null
  from_state text
  to_state text not null
  at timestamp with time zone not null default clock_timestamp()
  cause text not null
  cause_seq bigint not null
  received_at timestamp with time zone
  PRIMARY KEY (id)
  CREATE INDEX transition_item ON public.transition USING btree (patient, monitor, item, id)

-- turned_away
  day date not null
  node text not null
  sender_id integer not null
  service text not null
  code text not null
  count bigint not null
  PRIMARY KEY (day, node, sender_id, service, code)

-- urgent_mark
  message bigint not null
  record bigint not null default 0
  owner text not null
  reason text not null
  at timestamp with time zone not null default now()
  PRIMARY KEY (message, record)
  CREATE INDEX urgent_mark_at ON public.urgent_mark USING btree (at)

-- used_assertion
  jti bytea not null
  expires_at timestamp with time zone not null
  PRIMARY KEY (jti)
  CREATE INDEX used_assertion_expiry ON public.used_assertion USING btree (expires_at)

-- verdict partition by LIST (service)
  record bigint not null
  service text not null
  received_at timestamp with time zone not null
  rule_hash bytea not null
  pack text not null
  pack_version text not null
  rule text not null
  outcome text not null
  path text not null default ''::text
  at timestamp with time zone not null default now()
  sender_id integer not null default 0
  patient bytea
  evidence bytea
  CHECK ((outcome = ANY (ARRAY['flag'::text, 'withhold'::text, 'error'::text])))
  PRIMARY KEY (received_at, record, rule_hash, path, service)
  CREATE INDEX verdict_error_patient ON ONLY public.verdict USING btree (patient) WHERE ((outcome = 'error'::text) AND (patient IS NOT NULL))
  CREATE INDEX verdict_patient ON ONLY public.verdict USING btree (patient) WHERE ((outcome = 'withhold'::text) AND (patient IS NOT NULL))
  CREATE INDEX verdict_withhold ON ONLY public.verdict USING btree (rule_hash, patient) INCLUDE (record, sender_id, at) WHERE (outcome = 'withhold'::text)

-- verdict_assurpharma FOR VALUES IN ('assurpharma') partition by RANGE (received_at)

-- verdict_assurpharma_other DEFAULT

-- verdict_eforms FOR VALUES IN ('eforms') partition by RANGE (received_at)

-- verdict_eforms_other DEFAULT

-- verdict_gfd FOR VALUES IN ('gfd') partition by RANGE (received_at)

-- verdict_gfd_other DEFAULT

-- verdict_lab FOR VALUES IN ('lab') partition by RANGE (received_at)

-- verdict_lab_other DEFAULT

-- verdict_raotd FOR VALUES IN ('raotd') partition by RANGE (received_at)

-- verdict_raotd_other DEFAULT

-- webhook
  sender_id integer not null
  url text not null
  secret bytea not null
  cursor_xid xid8 not null default '0'::xid8
  cursor_id bigint not null default 0
  failures integer not null default 0
  due_at timestamp with time zone not null default now()
  stopped_reason text
  tried_xid xid8
  tried_id bigint
  FOREIGN KEY (sender_id) REFERENCES sender(id)
  PRIMARY KEY (sender_id)

-- grant select on activation to sluis_checking
-- grant select on active_rule to sluis_checking
-- grant insert, select, update on check_count to sluis_checking
-- grant select on data_key to sluis_checking
-- grant insert, select on entry to sluis_checking
-- grant insert, select on jump to sluis_checking
-- grant select on message to sluis_checking
-- grant select on override to sluis_checking
-- grant select on record to sluis_checking
-- grant insert, select on record_check to sluis_checking
-- grant insert, select on rule_refusal to sluis_checking
-- grant select on sender to sluis_checking
-- grant select on setting to sluis_checking
-- grant delete, insert, select on step to sluis_checking
-- grant insert, select on swap to sluis_checking
-- grant insert, select on verdict to sluis_checking
