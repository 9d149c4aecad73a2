import CatalogStore

/// Recognises which items are one product. Items are handed over one by one, then ``groups(dimension:vector:)`` compares
/// them.
///
/// Items are one product
/// 1. if the catalog says so: a column such as `product_id`, `style_id` or `item_group_id` (``columns``) has the same
///    value, provided that any two items share one. Where it has a value, nothing else counts;
/// 2. if they have the same photo, by its SHA-256, and the same category;
/// 3. if category, gender and name are the same but for words of colour, category and gender, and either
///    - they come in different colours, the name has a word that hardly any other name has, and the vectors are alike
///      once their colours are taken away (``ColourNeutralVectors``), or
///    - the vectors are nearly the same.
///
/// By name, a group holds only items each two of which are alike, so that no chain of small differences makes a large one.
/// The figures lean to keeping products apart: an item that is missing is worse than one that is shown twice.
public struct ProductRecognizer: Sendable {
    /// Columns that name the product of an item, without capitals and separators, the better ones first.
    static let columns = [
        "productid", "styleid", "itemgroupid", "stylecode", "stylenumber", "parentid", "parentsku", "skugroup",
        "productcode", "modelid", "modelnumber", "groupid",
    ]

    /// A name or photo that more items share says nothing about the product.
    static let mostAlike = 64
    /// A name that more items share is no model's name.
    static let mostColours = 8
    /// A word is telling if it stands in at most so many times as many names as share the whole name.
    static let tellingFactor = 3
    /// From this similarity without colour on, two colours are of one product: where two or three items share the name,
    /// and where more do.
    static let alikeInColours: (few: Float, many: Float) = (0.35, 0.4)
    /// From this similarity without colour on, two photos are of one thing.
    static let nearlySame: Float = 0.985

    private var traits: [ProductTraits] = []
    private var texts = Numbering()
    private var words = Numbering()
    private var colourWords: Set<Int32> = []
    private var genderWords: Set<Int32> = []
    /// Categories and colours come again and again, and so do the names of columns.
    private var knownWords: [String: [Int32]] = [:]
    private var knownColumns: [String: Int?] = [:]

    /// A recogniser without items.
    public init() {
        colourWords = Set(ProductName.colours.map { words.number(of: $0) })
        genderWords = Set(ProductName.genders.map { words.number(of: $0) })
    }

    /// Adds an item. O(length of its name and attributes).
    public mutating func add(_ item: CatalogItem) {
        let categoryWords = classWords(item.category)
        colourWords.formUnion(classWords(item.colour))
        var products: [Int: Int32] = [:]
        for attribute in item.attributes where !attribute.value.isEmpty {
            guard let column = column(attribute.name) else { continue }
            products[column] = texts.number(of: attribute.value)
        }
        traits.append(
            ProductTraits(
                id: item.id, category: texts.number(of: item.category?.foldingASCII ?? ""),
                gender: texts.number(of: item.gender?.foldingASCII ?? ""),
                colour: item.colour.map { texts.number(of: $0.foldingASCII) }, photo: item.contentHash,
                words: numbers(item.name ?? "").filter { !categoryWords.contains($0) && !genderWords.contains($0) },
                products: products))
    }

    private mutating func numbers(_ text: String) -> [Int32] {
        ProductName.words(text).map { words.number(of: $0) }
    }

    /// The words of a category or colour.
    private mutating func classWords(_ text: String?) -> [Int32] {
        guard let text else { return [] }
        if let known = knownWords[text] { return known }
        let found = numbers(text)
        knownWords[text] = found
        return found
    }

    /// The place of a column's name in ``columns``.
    private mutating func column(_ name: String) -> Int? {
        if let known = knownColumns[name] { return known }
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
        let column = Self.columns.firstIndex(of: plain)
        knownColumns[name] = .some(column)
        return column
    }

    /// The products of all items that were added.
    ///
    /// - Parameters:
    ///   - dimension: length of a vector.
    ///   - vector: the unit vector of an item; asked for twice. An item without one, `nil`, is compared with no other by
    ///     look.
    /// - Returns: the products that have several items.
    /// - Complexity: O(items · dimension · ``mostAlike``) at worst, where every name is shared by that many; O(items ·
    ///   dimension) where few are.
    public func groups(dimension: Int, vector: (_ id: String) -> [Float]?) -> ProductGroups {
        var union = DisjointSets(count: traits.count)
        let named = nameByColumn(&union)
        joinPhotos(without: named, &union)
        let buckets = buckets(without: named)
        if !buckets.isEmpty {
            let neutral = ColourNeutralVectors(dimension: dimension, count: traits.count) { place in
                (traits[place].category, traits[place].colour ?? -1, vector(traits[place].id))
            }
            let occurrences = occurrences(in: buckets)
            for bucket in buckets {
                let vectors = bucket.places.map { place in
                    vector(traits[place].id).map {
                        neutral.residual($0, category: traits[place].category, colour: traits[place].colour ?? -1)
                    }
                }
                join(bucket, vectors, isTelling: bucket.isTelling(occurrences), &union)
            }
        }
        return ProductGroups(
            union.sets.map { places in
                ProductGroups.Group(
                    ids: places.map { traits[$0].id }, colours: Set(places.compactMap { traits[$0].colour }).count)
            })
    }

    /// Joins what the catalog's own column says is one product; returns for each item whether it says anything.
    private func nameByColumn(_ union: inout DisjointSets) -> [Bool] {
        var isNamed = [Bool](repeating: false, count: traits.count)
        for column in Self.columns.indices {
            var first: [Int32: Int] = [:]
            var shared: [(Int, Int)] = []
            for (place, item) in traits.enumerated() where !isNamed[place] {
                guard let product = item.products[column] else { continue }
                if let other = first[product] { shared.append((other, place)) } else { first[product] = place }
            }
            // A column in which every item has a value of its own numbers items, not products.
            guard !shared.isEmpty else { continue }
            for (a, b) in shared { union.join(a, b) }
            for (place, item) in traits.enumerated() where item.products[column] != nil { isNamed[place] = true }
        }
        return isNamed
    }

    private func joinPhotos(without isNamed: [Bool], _ union: inout DisjointSets) {
        struct Photo: Hashable {
            let hash: String
            let category: Int32
        }
        var places: [Photo: [Int]] = [:]
        for (place, item) in traits.enumerated() where !item.photo.isEmpty && !isNamed[place] {
            places[Photo(hash: item.photo, category: item.category), default: []].append(place)
        }
        for places in places.values where (2...Self.mostAlike).contains(places.count) {
            for place in places.dropFirst() { union.join(places[0], place) }
        }
    }

    /// The items that share category, gender and the words of their names, where there are several and not too many.
    private func buckets(without isNamed: [Bool]) -> [NameBucket] {
        struct Name: Hashable {
            let category: Int32
            let gender: Int32
            let words: [Int32]
        }
        var places: [Name: [Int]] = [:]
        for (place, item) in traits.enumerated() where !isNamed[place] {
            let words = item.words.filter { !colourWords.contains($0) }
            guard !words.isEmpty else { continue }
            places[Name(category: item.category, gender: item.gender, words: words), default: []].append(place)
        }
        return places.map { NameBucket(words: $0.words, places: $1) }.sorted { $0.places[0] < $1.places[0] }
    }

    /// In how many items' names each word stands.
    private func occurrences(in buckets: [NameBucket]) -> [Int32: Int] {
        var occurrences: [Int32: Int] = [:]
        for bucket in buckets {
            for word in Set(bucket.words) { occurrences[word, default: 0] += bucket.places.count }
        }
        return occurrences
    }

    /// Joins the items of a bucket that are alike: each goes to the group whose least like member is most like it.
    private func join(_ bucket: NameBucket, _ vectors: [[Float]?], isTelling: Bool, _ union: inout DisjointSets) {
        let colourways = bucket.places.count <= 3 ? Self.alikeInColours.few : Self.alikeInColours.many
        /// How far above what is asked for two items are alike.
        func margin(_ a: Int, _ b: Int) -> Float {
            let (first, second) = (traits[bucket.places[a]], traits[bucket.places[b]])
            if !first.photo.isEmpty, first.photo == second.photo { return .infinity }
            let inColours = isTelling && first.colour != second.colour && first.colour != nil && second.colour != nil
            guard let one = vectors[a], let other = vectors[b] else { return -1 }
            return zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } - (inColours ? colourways : Self.nearlySame)
        }
        var groups: [[Int]] = []
        for index in bucket.places.indices {
            var best: (group: Int, margin: Float)?
            for (group, members) in groups.enumerated() {
                var least = Float.infinity
                for member in members where least >= 0 { least = min(least, margin(index, member)) }
                if least >= 0, least > best?.margin ?? -1 { best = (group, least) }
            }
            if let best { groups[best.group].append(index) } else { groups.append([index]) }
        }
        for group in groups {
            for index in group.dropFirst() { union.join(bucket.places[group[0]], bucket.places[index]) }
        }
    }
}

/// What of an item tells which product it is of; texts and words by number.
struct ProductTraits: Sendable {
    let id: String
    let category: Int32
    let gender: Int32
    let colour: Int32?
    /// SHA-256 of the photo.
    let photo: String
    /// The name's words but for those of category and gender.
    let words: [Int32]
    /// What each of ``ProductRecognizer/columns`` says.
    let products: [Int: Int32]
}

/// Items that have the same name but for colour.
struct NameBucket {
    let words: [Int32]
    let places: [Int]

    /// Whether one of the words, the maker's name in the first place aside, hardly stands in other names.
    func isTelling(_ occurrences: [Int32: Int]) -> Bool {
        places.count <= ProductRecognizer.mostColours
            && words.dropFirst().contains {
                occurrences[$0, default: 0] <= ProductRecognizer.tellingFactor * places.count
            }
    }
}
