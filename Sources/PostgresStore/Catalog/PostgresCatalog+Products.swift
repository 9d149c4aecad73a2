import Recommender

extension PostgresCatalog {
    /// The items of some products, each product's in its order, and how many colours each has.
    func products(_ names: [String]) throws(PostgresError) -> [String: [(place: Int, id: String, colours: Int)]] {
        try pool.read { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT p.product, p.position, i.id, p.colours FROM product_item p JOIN item i ON i.number = p.item
                WHERE p.product = ANY ($1::text[]) ORDER BY p.product, p.position
                """, [.texts(names)])
            var products: [String: [(place: Int, id: String, colours: Int)]] = [:]
            for row in 0..<rows.count {
                products[rows.text(row, 0), default: []].append(
                    (rows.integer(row, 1), rows.text(row, 2), rows.integer(row, 3)))
            }
            return products
        }
    }

    /// The generation of the catalog that its products were last recognised of; -1 if they never were.
    func recognizedGeneration() throws(PostgresError) -> Int {
        try pool.read { connection throws(PostgresError) in
            try connection.query("SELECT recognized_generation FROM catalog").integer(0, 0)
        }
    }

    /// Puts these products in the place of what was known, in one transaction. What is the same stays untouched.
    ///
    /// - Parameters:
    ///   - groups: the products of the whole catalog; items of other shards are passed over.
    ///   - generation: of this database, when they were recognised.
    /// - Throws: ``PostgresError``.
    func store(_ groups: ProductGroups, generation: Int) throws(PostgresError) {
        var (ids, products, positions, colours): ([String], [String], [Int], [Int]) = ([], [], [], [])
        for group in groups.groups {
            guard let first = group.ids.first else { continue }
            for (position, id) in group.ids.enumerated() {
                ids.append(id)
                products.append(first)
                positions.append(position)
                colours.append(group.colours)
            }
        }
        let parameters: [PostgresParameter] = [
            .texts(ids), .texts(products), .integers(positions), .integers(colours),
        ]
        try pool.transaction(isRepeatable: true) { connection throws(PostgresError) in
            try connection.run("SET LOCAL statement_timeout = '10min'")
            try connection.query(
                "SELECT pg_advisory_xact_lock($1)", [.integer(PostgresSchema.productLock)], timeLimit: .seconds(600))
            try connection.run(
                "CREATE TEMPORARY TABLE new_product (item bigint PRIMARY KEY, product text, position integer, colours integer) ON COMMIT DROP"
            )
            // The items' rows are held, so that none goes before its product is stored.
            try connection.query(
                """
                INSERT INTO new_product
                SELECT i.number, n.product, n.position, n.colours
                FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[]) AS n (id, product, position, colours)
                JOIN item i ON i.id = n.id FOR KEY SHARE OF i
                """, parameters, timeLimit: .seconds(600))
            try connection.query(
                "DELETE FROM product_item p WHERE NOT EXISTS (SELECT FROM new_product n WHERE n.item = p.item)",
                timeLimit: .seconds(600))
            try connection.query(
                """
                INSERT INTO product_item AS p SELECT * FROM new_product ON CONFLICT (item) DO UPDATE SET
                    product = excluded.product, position = excluded.position, colours = excluded.colours
                WHERE (p.product, p.position, p.colours) IS DISTINCT FROM
                    (excluded.product, excluded.position, excluded.colours)
                """, timeLimit: .seconds(600))
            try connection.query("UPDATE catalog SET recognized_generation = $1", [.integer(generation)])
        }
    }
}
