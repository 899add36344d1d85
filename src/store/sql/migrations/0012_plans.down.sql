drop function is_withheld(text, timestamptz, bigint);
