drop table probe;
