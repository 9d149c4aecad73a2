import Foundation
import Testing

@Suite("vitrine weights")
struct WeightsCommandTests {
    /// A folder that looks like an installation, with weights of its own.
    private func installation() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["Templates", "Languages", "Public"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: Project.root + "/" + name)
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/Weights", withIntermediateDirectories: true)
        return folder
    }

    private func run(_ arguments: [String], home: TemporaryFolder) throws -> Outcome {
        try RunningCommand(arguments, environment: ["VITRINE_HOME": home.path]).wait()
    }

    @Test("takes in a file with torchvision's names, lists and verifies it, and indexes and searches with it")
    func add() throws {
        let home = try installation()
        let file = Project.root + "/Weights/fashion-resnet18.safetensors"
        let added = try run(["weights", "add", file, "--architecture", "resnet18", "--name", "public"], home: home)
        #expect(added.status == 0, "\(added.errors)")

        let list = try run(["weights", "list", "--json"], home: home).json()
        let models = try #require(list["models"] as? [[String: Any]])
        #expect(models.map { $0["name"] as? String } == ["public"])
        #expect(models.first?["input"] as? String == "224x224" && models.first?["dimension"] as? Int == 512)
        let verified = try run(["weights", "verify", "public", "--json"], home: home).json()
        #expect(verified["fit"] as? String == "stretch" && verified["dimension"] as? Int == 512)

        let catalog = try SmallCatalog(count: 6)
        let common = ["--model", "public", "--catalog", catalog.path, "--data", catalog.data, "--json"]
        #expect(try run(["index"] + common, home: home).json()["embedded"] as? Int == 6)
        let photo = catalog.path + "/images/\(catalog.ids[2]).jpg"
        let results = try run(["search", photo] + common, home: home).json()["results"] as? [[String: Any]]
        #expect(results?.first?["id"] as? String == catalog.ids[2] && results?.count == 5)
    }

    @Test("refuses a file of another architecture, one that is no safetensors, and a taken name, and says why")
    func refusals() throws {
        let home = try installation()
        try home.write(Array("no tensors".utf8), to: "junk.safetensors")
        let file = Project.root + "/Weights/fashion-resnet18.safetensors"
        let cases: [([String], String)] = [
            ([file, "--architecture", "resnet50", "--name", "a"], "fashion-resnet18.safetensors"),
            ([home.path + "/junk.safetensors", "--architecture", "resnet18", "--name", "a"], "junk.safetensors"),
            ([file, "--architecture", "resnet18", "--name", "../a"], "../a"),
            ([home.path + "/none", "--architecture", "resnet18", "--name", "a"], "none"),
        ]
        for (arguments, text) in cases {
            let outcome = try run(["weights", "add"] + arguments, home: home)
            #expect(outcome.status == 65 && outcome.errors.contains(text), "\(arguments): \(outcome)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/Weights").isEmpty)
        #expect(try run(["weights", "add", file, "--architecture", "alexnet", "--name", "a"], home: home).status == 64)
    }

    @Test("calibrates a model with photos of a folder or a catalog, and then uses it in int8")
    func calibrate() throws {
        let home = try installation()
        let file = Project.root + "/Weights/fashion-resnet18.safetensors"
        #expect(
            try run(["weights", "add", file, "--architecture", "resnet18", "--name", "public"], home: home).status == 0)
        let catalog = try SmallCatalog(count: 6)
        let common = ["--model", "public", "--catalog", catalog.path, "--data", catalog.data, "--json"]
        let refused = try run(["index", "--precision", "int8"] + common, home: home)
        #expect(refused.status == 65 && refused.errors.contains("vitrine weights calibrate"), "\(refused)")
        #expect(try run(["index", "--precision", "float32"] + common, home: home).json()["embedded"] as? Int == 6)

        for source in [["--photos", catalog.path + "/images"], ["--catalog", catalog.path]] {
            let result = try run(["weights", "calibrate", "public", "--count", "4", "--json"] + source, home: home)
            let answer = try result.json()
            #expect(answer["calibrationPhotos"] as? Int == 4 && answer["checkedPhotos"] as? Int == 2, "\(result)")
            #expect(try #require(answer["leastCosine"] as? Double) > 0.98)
        }
        let check = ["weights", "calibrate", "public", "--check-only", "--catalog", catalog.path, "--json"]
        #expect(try run(check, home: home).json()["calibrationPhotos"] as? Int == 0)
        let list = try run(["weights", "list"], home: home)
        #expect(list.output.contains("float32 and int8"))

        // Vectors of one precision are not mixed with those of the other, and those that are there stay of use.
        #expect(try run(["index", "--precision", "float32"] + common, home: home).json()["embedded"] as? Int == 0)
        #expect(try run(["index", "--precision", "int8"] + common, home: home).json()["embedded"] as? Int == 6)
        let photo = catalog.path + "/images/\(catalog.ids[2]).jpg"
        for precision in ["float32", "int8"] {
            let results =
                try run(["search", photo, "--precision", precision] + common, home: home)
                .json()["results"] as? [[String: Any]]
            #expect(results?.first?["id"] as? String == catalog.ids[2])
        }
        let verified = try run(["weights", "verify", "public", "--precision", "int8", "--json"], home: home).json()
        #expect(verified["precision"] as? String == "int8")

        #expect(try run(["weights", "calibrate", "public", "--photos", home.path + "/none"], home: home).status == 65)
        #expect(try run(["index", "--precision", "int4"] + common, home: home).status == 64)
    }
}
