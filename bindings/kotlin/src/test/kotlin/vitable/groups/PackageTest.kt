package vitable.groups

import com.sun.jna.Platform
import java.io.File
import kotlin.test.Test
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** The resources of the jar. */
class PackageTest {
    private fun resource(path: String) = assertNotNull(javaClass.getResource(path), "missing resource $path")

    @Test
    fun `the native library is where JNA looks it up`() {
        resource("/${Platform.RESOURCE_PREFIX}/${System.mapLibraryName("vitable_groups_uniffi")}")
    }

    @Test
    fun `the R8 rules refer to existing classes`() {
        val rules = resource("/META-INF/proguard/consumer-rules.pro").readText()
        val named = Regex("""-keep class vitable\.groups\.(\w+)""").findAll(rules).map { it.groupValues[1] }.toList()
        val folder = File(VitableConnect::class.java.protectionDomain.codeSource.location.toURI())
        val classes = File(folder, "vitable/groups").list().orEmpty()
        assertTrue(named.isNotEmpty())
        for (name in named) {
            assertTrue(classes.any { it.startsWith(name) }, "the rules keep $name, which does not exist")
        }
    }
}
