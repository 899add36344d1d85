drop index access_log_patient, result_key;
drop table relation, consent;
