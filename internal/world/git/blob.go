package git

// BlobID is the id that git gives to a file's content.
func BlobID(data []byte) ID { return hashOf(kindBlob, data) }
