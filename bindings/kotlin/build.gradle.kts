// Builds the AAR for Android; Maven (pom.xml) builds the jar for servers. First run
// scripts/release-android, which puts the native libraries into src/main/jniLibs and the generated code
// into target/uniffi/kotlin.
plugins {
    id("com.android.library") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.2.21"
    `maven-publish`
}

group = "vitable.groups"
version = "0.1.0"

android {
    namespace = "vitable.groups"
    compileSdk = 36
    defaultConfig {
        // The first level with java.time; below it, apps need core library desugaring.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }
    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "target/uniffi/kotlin")
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    // 5.16 and earlier crash on devices with 16 KB pages. The AAR contains JNA's native library.
    implementation("net.java.dev.jna:jna:5.18.1@aar")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "vitable-groups-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
