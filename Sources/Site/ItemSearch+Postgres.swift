import PostgresStore

extension PostgresRecommender: ItemSearch {}
extension PostgresRecommender: ItemEditing {}
