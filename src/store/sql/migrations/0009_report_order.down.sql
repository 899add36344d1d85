alter table impact_report drop column cursor_patient, drop column without_line, drop column by_patient;
