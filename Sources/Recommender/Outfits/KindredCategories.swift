import CatalogStore

/// Which categories come nearest in kind to another one, where there is too little of that.
package enum KindredCategories {
    /// Categories in steps, the nearest in kind first: those of the same ``GarmentGroup``, then for clothes all other clothes.
    /// What belongs to neither step is in none. O(categories).
    ///
    /// - Parameters:
    ///   - category: the one that there is too little of; in no step itself.
    ///   - categories: those that the catalog has.
    /// - Returns: no step for a category whose group is not known.
    package static func steps(from category: String, among categories: [String]) -> [[String]] {
        guard let group = GarmentGroup(category: category) else { return [] }
        let others = categories.filter { $0.foldingASCII != category.foldingASCII }
            .map { (name: $0, group: GarmentGroup(category: $0)) }
        let own = others.filter { $0.group == group }
        let clothes = group.isClothing ? others.filter { $0.group != group && $0.group?.isClothing == true } : []
        return [own, clothes].filter { !$0.isEmpty }.map { $0.map(\.name) }
    }
}
