drop table feed_disturbance, feed_source, feed_hour, care_activation, transition, item_state, dirty, practice_source, enrolment, result;
drop index verdict_error_patient;
